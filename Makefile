.PHONY: setup build run test test-models check format bench slice docs

setup:       ; @scripts/setup
build:       ; @scripts/build
run:         ; @scripts/run
test:        ; @scripts/test
test-models: ; @scripts/test-models
check:       ; @scripts/check
bench:       ; @scripts/bench
docs:        ; @scripts/docs
slice:       ; @scripts/slice "$(NAME)"

format:      ; @scripts/format
