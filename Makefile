# The commands that people type. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test coverage lint format screenshots benchmarks

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## Start the dashboard at http://localhost:8501
	streamlit run dashboard.py

test:  ## Run all tests
	pytest

coverage:  ## Run all tests and list the lines of core that none of them runs
	pytest --cov

lint:  ## Run every linter, change nothing
	ruff check .
	ruff format --check .
	mypy
	lint-imports

format:  ## Format the code
	ruff format .

screenshots:  ## Save every page, wide and narrow, light and dark, in shots/
	HEAILTH_SCREENSHOTS=shots pytest tests/browser

benchmarks:  ## Measure speed against what one would use instead
	python -m benchmarks.reading
	python -m benchmarks.dataset_filter
