.PHONY: setup build run test test-models test-ray check format bench slice docs shots install

setup:       ; @scripts/setup
build:       ; @scripts/build
run:         ; @scripts/run
test:        ; @scripts/test
test-models: ; @scripts/test-models
test-ray:    ; @scripts/test-ray
check:       ; @scripts/check
bench:       ; @scripts/bench
docs:        ; @scripts/docs
shots:       ; @scripts/shots
install:     ; @PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install
slice:       ; @scripts/slice "$(NAME)" $(MODULE)

format:      ; @scripts/format
