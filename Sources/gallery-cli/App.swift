import ArgumentParser
@main struct App: ParsableCommand { func run() {} }
