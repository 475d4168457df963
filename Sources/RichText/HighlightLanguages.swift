/// How a language writes what is coloured.
struct HighlightLanguage: Sendable {
    enum Form: Sendable {
        case words(Words)
        case markup
        case difference
    }

    /// A language of words, texts and remarks.
    struct Words: Sendable {
        var keywords: Set<String> = []
        var names: Set<String> = []
        var lineRemarks: [String] = []
        var blockRemark: (open: String, close: String)?
        /// The longest first; those that go over lines are in `longTexts`.
        var texts: [String] = ["\"", "'"]
        var longTexts: [String] = []
        var ignoresCase = false
        /// Names before `:` or `=` are keys.
        var keySigns: Set<UInt8> = []
        var hasDollarNames = false
    }

    var form: Form
}

/// The languages that are known, by their names and by those of files.
enum HighlightLanguages {
    static func language(named name: String) -> HighlightLanguage? {
        let name = name.lowercased()
        return languages[aliases[name] ?? name]
    }

    static func name(ofFile name: String) -> String? {
        let name = name.lowercased()
        if let known = files[name] { return known }
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = String(name[name.index(after: dot)...])
        let language = aliases[ending] ?? ending
        return languages[language] == nil ? nil : language
    }

    private static let files: [String: String] = [
        "dockerfile": "dockerfile", "makefile": "makefile", "cmakelists.txt": "cmake", ".gitignore": "shell",
        ".gitattributes": "shell", ".env": "ini", "gemfile": "ruby", "requirements.txt": "shell",
    ]

    private static let aliases: [String: String] = [
        "py": "python", "python3": "python", "pyi": "python", "ipython": "python", "pycon": "python",
        "js": "javascript",
        "jsx": "javascript", "mjs": "javascript", "cjs": "javascript", "ts": "typescript", "tsx": "typescript",
        "sh": "shell", "bash": "shell", "zsh": "shell", "console": "shell", "shell-session": "shell", "yml": "yaml",
        "c++": "cpp", "cc": "cpp", "cxx": "cpp", "hpp": "cpp", "h": "cpp", "c": "cpp", "cu": "cpp", "cuh": "cpp",
        "cuda": "cpp", "m": "cpp", "rs": "rust", "golang": "go", "kt": "java", "kotlin": "java", "scala": "java",
        "cs": "java", "csharp": "java", "htm": "html", "xhtml": "html", "vue": "html", "svg": "html", "xml": "html",
        "plist": "html", "patch": "diff", "cfg": "ini", "conf": "ini", "properties": "ini", "editorconfig": "ini",
        "jsonl": "json", "json5": "json", "jsonc": "json", "ndjson": "json", "scss": "css", "less": "css", "rb": "ruby",
        "jl": "julia", "ps1": "powershell", "docker": "dockerfile", "containerfile": "dockerfile", "mk": "makefile",
        "pl": "perl", "hs": "haskell", "jinja": "html", "jinja2": "html",
    ]

    private static let languages: [String: HighlightLanguage] = {
        var result: [String: HighlightLanguage] = [
            "html": HighlightLanguage(form: .markup), "diff": HighlightLanguage(form: .difference),
        ]
        for (name, words) in words { result[name] = HighlightLanguage(form: .words(words)) }
        return result
    }()

    private static func set(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

    private static let cRemark = (open: "/*", close: "*/")

    private static let words: [String: HighlightLanguage.Words] = [
        "python": .init(
            keywords: set(
                "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield"
            ),
            names: set(
                "None True False self cls int float str bool list dict set tuple print len range open super isinstance type enumerate zip map filter sum min max abs sorted Exception ValueError"
            ),
            lineRemarks: ["#"],
            longTexts: ["\"\"\"", "'''"]
        ),
        "javascript": .init(
            keywords: scriptWords,
            names: scriptNames,
            lineRemarks: ["//"],
            blockRemark: cRemark,
            longTexts: ["`"]
        ),
        "typescript": .init(
            keywords: scriptWords.union(
                set(
                    "interface type enum implements private public protected readonly abstract declare namespace keyof infer is"
                )
            ),
            names: scriptNames.union(set("string number boolean any unknown never")),
            lineRemarks: ["//"],
            blockRemark: cRemark,
            longTexts: ["`"]
        ),
        "cpp": .init(
            keywords: set(
                "alignas auto break case catch class concept const constexpr continue default delete do else enum explicit export extern for friend goto if inline namespace new noexcept operator private protected public register requires return sizeof static struct switch template this throw try typedef typename union using virtual volatile while __global__ __device__ __host__ __shared__ #include #define #if #ifdef #ifndef #endif #else #pragma"
            ),
            names: set(
                "void bool char int short long float double unsigned signed size_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t half dim3 std string vector true false nullptr NULL"
            ),
            lineRemarks: ["//"],
            blockRemark: cRemark
        ),
        "java": .init(
            keywords: set(
                "abstract as break case catch class const continue data default do else enum extends final finally for fun if implements import in instanceof interface internal is namespace native new object open operator override package private protected public return sealed static super switch synchronized this throw throws trait try using val var virtual volatile when while with yield def"
            ),
            names: set(
                "void boolean bool byte char int short long float double string String Int Long Boolean List Map true false null"
            ),
            lineRemarks: ["//"],
            blockRemark: cRemark,
            longTexts: ["\"\"\""]
        ),
        "go": .init(
            keywords: set(
                "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var"
            ),
            names: set(
                "bool byte complex64 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr any nil true false iota make new len cap append panic recover"
            ),
            lineRemarks: ["//"],
            blockRemark: cRemark,
            longTexts: ["`"]
        ),
        "rust": .init(
            keywords: set(
                "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return static struct super trait type unsafe use where while"
            ),
            names: set(
                "self Self bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec Option Some None Result Ok Err Box true false"
            ),
            lineRemarks: ["//"],
            blockRemark: cRemark,
            texts: ["\""]
        ),
        "swift": .init(
            keywords: set(
                "actor any as associatedtype async await break case catch class continue default defer deinit do else enum extension fallthrough fileprivate final for func guard if import in init inout internal is lazy let mutating nonisolated open operator package private protocol public repeat rethrows return some static struct subscript switch throw throws try typealias unowned var weak where while"
            ),
            names: set(
                "self Self super nil true false Int Double Float String Bool Character Array Dictionary Set Optional Void UInt8"
            ),
            lineRemarks: ["//"],
            blockRemark: cRemark,
            texts: ["\""],
            longTexts: ["\"\"\""]
        ),
        "shell": .init(
            keywords: set(
                "if then else elif fi for in do done while until case esac function return export local set unset source"
            ),
            names: set(
                "echo cd ls cat grep sed awk curl wget git pip pip3 python python3 hf huggingface-cli gallery-cli apt sudo mkdir rm cp mv tar conda docker torchrun accelerate"
            ),
            lineRemarks: ["#"],
            hasDollarNames: true
        ),
        "powershell": .init(
            keywords: set(
                "if else elseif foreach for while function return param begin process end try catch finally switch"
            ),
            lineRemarks: ["#"],
            blockRemark: ("<#", "#>"),
            ignoresCase: true,
            hasDollarNames: true
        ),
        "sql": .init(
            keywords: set(
                "select from where and or not in is null as join left right inner outer full on group by order having limit offset insert into values update set delete create table index view drop alter add primary key foreign references unique default check union all distinct case when then else end with exists between like cast over partition begin commit rollback"
            ),
            names: set(
                "int integer bigint text varchar boolean real double timestamp date count sum min max avg coalesce true false"
            ),
            lineRemarks: ["--"],
            blockRemark: cRemark,
            ignoresCase: true
        ),
        "json": .init(names: set("true false null"), lineRemarks: ["//"], texts: ["\""], keySigns: [UInt8(ascii: ":")]),
        "yaml": .init(
            names: set("true false null yes no True False"),
            lineRemarks: ["#"],
            keySigns: [UInt8(ascii: ":")]
        ),
        "toml": .init(
            names: set("true false"),
            lineRemarks: ["#"],
            longTexts: ["\"\"\"", "'''"],
            keySigns: [UInt8(ascii: "=")]
        ),
        "ini": .init(lineRemarks: ["#", ";"], keySigns: [UInt8(ascii: "="), UInt8(ascii: ":")]),
        "css": .init(
            keywords: set("@media @import @layer @supports @font-face @keyframes important"),
            blockRemark: cRemark,
            keySigns: [UInt8(ascii: ":")]
        ),
        "ruby": .init(
            keywords: set(
                "alias and begin break case class def do else elsif end ensure for if in module next not or redo rescue retry return super then undef unless until when while yield require"
            ),
            names: set("nil true false self puts attr_accessor"),
            lineRemarks: ["#"]
        ),
        "lua": .init(
            keywords: set(
                "and break do else elseif end for function goto if in local not or repeat return then until while"
            ),
            names: set("nil true false print require"),
            lineRemarks: ["--"]
        ),
        "r": .init(
            keywords: set("if else repeat while function for in next break library require return"),
            names: set("TRUE FALSE NULL NA Inf NaN c list data"),
            lineRemarks: ["#"]
        ),
        "julia": .init(
            keywords: set(
                "abstract baremodule begin break catch const continue do else elseif end export finally for function global if import in let local macro module mutable primitive quote return struct try using while"
            ),
            names: set("true false nothing missing Int Float64 String Vector"),
            lineRemarks: ["#"],
            blockRemark: ("#=", "=#"),
            texts: ["\""],
            longTexts: ["\"\"\""]
        ),
        "perl": .init(
            keywords: set("my our local sub if elsif else unless while until for foreach return use package last next"),
            lineRemarks: ["#"],
            hasDollarNames: true
        ),
        "haskell": .init(
            keywords: set(
                "case class data deriving do else if import in infix instance let module newtype of then type where"
            ),
            lineRemarks: ["--"],
            blockRemark: ("{-", "-}"),
            texts: ["\""]
        ),
        "dockerfile": .init(
            keywords: set(
                "from run cmd label expose env add copy entrypoint volume user workdir arg onbuild stopsignal healthcheck shell as"
            ),
            lineRemarks: ["#"],
            ignoresCase: true,
            hasDollarNames: true
        ),
        "makefile": .init(
            keywords: set("ifeq ifneq ifdef ifndef else endif include define endef export override"),
            lineRemarks: ["#"],
            keySigns: [UInt8(ascii: ":")],
            hasDollarNames: true
        ),
        "cmake": .init(
            keywords: set(
                "if else elseif endif foreach endforeach while function endfunction macro set project add_executable add_library find_package target_link_libraries include"
            ),
            lineRemarks: ["#"],
            texts: ["\""],
            ignoresCase: true
        ),
    ]

    private static let scriptWords = set(
        "async await break case catch class const continue debugger default delete do else export extends finally for from function get if import in instanceof let new of return set static super switch this throw try typeof var void while with yield as"
    )
    private static let scriptNames = set(
        "true false null undefined NaN Infinity console document window Math JSON Object Array Promise Map Set String Number Boolean"
    )
}
