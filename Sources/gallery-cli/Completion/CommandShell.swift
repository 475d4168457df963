import ArgumentParser
import Foundation

/// The shells that can complete our commands.
enum CommandShell: String, CaseIterable {
    case bash, zsh, fish

    /// The shell that started us, else the login shell.
    static func current(_ environment: [String: String]) throws -> CommandShell {
        let parent = FileManager.default.contents(atPath: "/proc/\(getppid())/comm")
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        let login = environment["SHELL"]?.split(separator: "/").last.map(String.init)
        for name in [parent, login].compactMap({ $0 }) {
            if let shell = CommandShell(rawValue: name.hasPrefix("-") ? String(name.dropFirst()) : name) {
                return shell
            }
        }
        throw ConfigurationError(["Completion is there for bash, zsh and fish: set SHELL to one of them."])
    }

    var script: String {
        switch self {
        case .bash: GalleryCLI.completionScript(for: .bash)
        case .zsh: GalleryCLI.completionScript(for: .zsh)
        case .fish: GalleryCLI.completionScript(for: .fish)
        }
    }

    /// Where the script goes, below the home folder.
    private var path: String {
        switch self {
        case .bash: ".bash_completions/gallery-cli.sh"
        case .zsh: ".zfunc/_gallery-cli"
        case .fish: ".config/fish/completions/gallery-cli.fish"
        }
    }

    /// The file that must mention the script, and how; fish finds it by itself.
    private var startup: (file: String, line: String)? {
        switch self {
        case .bash:
            (".bashrc", "source '$HOME/.bash_completions/gallery-cli.sh'".replacingOccurrences(of: "'", with: "\""))
        case .zsh: (".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit")
        case .fish: nil
        }
    }

    /// Writes the script, mentions it once in the start-up file, and says what was done.
    func install(home: String = NSHomeDirectory()) throws -> String {
        let target = "\(home)/\(path)"
        do {
            try FileManager.default.createDirectory(
                atPath: URL(filePath: target).deletingLastPathComponent().path(percentEncoded: false),
                withIntermediateDirectories: true
            )
            try script.write(toFile: target, atomically: true, encoding: .utf8)
            if let startup {
                let file = "\(home)/\(startup.file)"
                let old = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
                if !old.contains(startup.line) {
                    let gap = old.isEmpty || old.hasSuffix("\n") ? "" : "\n"
                    let handle = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
                    guard handle >= 0 else { throw ConfigurationError(["\(file) cannot be written."]) }
                    let output = FileHandle(fileDescriptor: handle, closeOnDealloc: true)
                    try output.write(contentsOf: Data("\(gap)\(startup.line)\n".utf8))
                }
            }
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(["\(target) cannot be written."])
        }
        return
            "\(rawValue) completion installed in \(target)\nCompletion will take effect once you restart the terminal\n"
    }
}
