"""Back-tests from rolling origins: baselines, scores, tests of skill, the verdict."""
