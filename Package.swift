// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// Byte-by-byte codecs are a hundred times slower unoptimised, which would make the debug tests crawl.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let posix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

let package = Package(
    name: "AIGallery",
    products: [
        .executable(name: "gallery", targets: ["gallery"]),
        .executable(name: "gallery-cli", targets: ["gallery-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["JSON"]),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CGD", pkgConfig: "gdlib", providers: [.apt(["libgd-dev"])]),
        .systemLibrary(
            name: "CMarkGFM",
            pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]
        ),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLinux"),

        .target(name: "GalleryModel", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(name: "GitObjects", dependencies: ["GalleryModel"], swiftSettings: hot),
        .target(name: "RichText", dependencies: ["CMarkGFM"], swiftSettings: hot),
        .target(name: "FileFormats", dependencies: ["CLinux"], swiftSettings: hot),
        .target(name: "SearchIndex", swiftSettings: hot),
        .target(name: "XetFormat", dependencies: ["GalleryModel", "CLZ4"], swiftSettings: hot),
        .target(
            name: "GalleryDatabase",
            dependencies: [
                "GalleryModel", "CPostgres", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"), nio, posix, log,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GalleryBlobs",
            dependencies: ["GalleryModel", "CLinux", nio, posix, log],
            swiftSettings: strict
        ),
        .target(
            name: "GalleryServing",
            dependencies: [
                "GalleryModel", "GalleryDatabase", "GalleryBlobs", "CGD", "CLinux", hummingbird, nio, posix, log,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTP1", package: "swift-nio"), lifecycle,
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GalleryHub",
            dependencies: [
                "GalleryModel", "GitObjects", "XetFormat", "RichText", "FileFormats", "GalleryDatabase", "GalleryBlobs",
                "GalleryServing",
                "CSodium", "CCrypto", hummingbird, nio, posix, log, httpClient, lifecycle,
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GalleryMarket",
            dependencies: [
                "GalleryModel", "GitObjects", "SearchIndex", "RichText", "FileFormats", "GalleryDatabase",
                "GalleryBlobs",
                "GalleryServing", "GalleryHub", "CCurl", hummingbird, nio, posix, log, lifecycle,
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GalleryCompute",
            dependencies: [
                "GalleryModel", "FileFormats", "GitObjects", "GalleryBlobs", "GalleryDatabase", "GalleryServing",
                "GalleryHub", hummingbird, nio,
                posix, log,
                httpClient, lifecycle,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "GalleryClient",
            dependencies: [
                "GalleryModel", nio, posix, httpClient, .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "gallery",
            dependencies: [
                "GalleryModel", "GalleryDatabase", "GalleryBlobs", "GalleryServing", "GalleryHub", "GalleryMarket",
                "GalleryCompute", arguments, hummingbird, log, nio, posix,
                .product(name: "Configuration", package: "swift-configuration"), lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "gallery-cli",
            dependencies: ["GalleryModel", "GalleryClient", arguments],
            swiftSettings: strict
        ),

        .target(
            name: "GalleryTesting",
            dependencies: [
                "GalleryModel", "GitObjects", "GalleryDatabase", "GalleryBlobs", "GalleryServing", "GalleryHub",
                hummingbird,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "GalleryModelTests", dependencies: ["GalleryModel"], swiftSettings: strict),
        .testTarget(
            name: "GitObjectsTests",
            dependencies: ["GitObjects", "GalleryModel", "GalleryTesting"],
            swiftSettings: strict
        ),
        .testTarget(name: "RichTextTests", dependencies: ["RichText", "GalleryTesting"], swiftSettings: strict),
        .testTarget(name: "FileFormatsTests", dependencies: ["FileFormats"], swiftSettings: strict),
        .testTarget(name: "XetFormatTests", dependencies: ["XetFormat", "GalleryModel"], swiftSettings: strict),
        .testTarget(name: "SearchIndexTests", dependencies: ["SearchIndex"], swiftSettings: strict),
        .testTarget(
            name: "GalleryDatabaseTests",
            dependencies: ["GalleryDatabase", "GalleryTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GalleryBlobsTests",
            dependencies: ["GalleryBlobs", "GalleryTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GalleryServingTests",
            dependencies: [
                "GalleryModel", "GalleryBlobs", "GalleryServing", "GalleryTesting", hummingbird, nio, posix,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GalleryHubTests",
            dependencies: [
                "GalleryHub", "GalleryTesting", "GalleryModel", "GalleryDatabase", "GalleryBlobs", "GalleryServing",
                "XetFormat", "CGD",
                hummingbird, nio, log, .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GalleryMarketTests",
            dependencies: [
                "GalleryMarket", "GalleryCompute", "SearchIndex", "FileFormats", "GitObjects", "RichText", "GalleryHub",
                "GalleryTesting",
                "GalleryModel",
                "GalleryDatabase", "GalleryBlobs",
                "GalleryServing", hummingbird, nio, log, .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GalleryComputeTests",
            dependencies: [
                "GalleryCompute", "FileFormats", "GalleryBlobs", "GalleryHub", "GalleryTesting", "GalleryModel",
                "GalleryDatabase", "GalleryServing", hummingbird, nio,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GalleryClientTests",
            dependencies: [
                "GalleryClient", "GalleryModel", "gallery-cli", arguments, hummingbird, nio, log,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict
        ),
    ]
)
