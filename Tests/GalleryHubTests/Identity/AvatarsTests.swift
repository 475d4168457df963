import CGD
import Foundation
import GalleryModel
import GalleryServing
import GalleryTesting
import Testing

@testable import GalleryHub

struct AvatarsTests {
    @Test(arguments: TestDatabase.all)
    func `a picture takes the place of the one before, and its removal brings back the drawing`(
        _ kind: TestDatabase
    ) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let first = try await identity.avatars.replace(with: Drawing.png(300, 200, color: 0xFF0000), by: ada)
            #expect(first.avatarPath.hasSuffix("-128.webp"))
            let second = try await identity.avatars.replace(with: Drawing.png(64, 64, color: 0x00FF00), by: ada)
            #expect(second.picture != first.picture)
            #expect(try await identity.avatars.picture(first.picture, .large) == nil)
            for size in AvatarSize.allCases {
                let bytes = try #require(try await identity.avatars.picture(second.picture, size))
                let header = try #require(PictureHeader(bytes))
                #expect(header.format == .webp)
                #expect(header.upright == PictureSize(size.side, size.side))
            }
            let bare = try await identity.avatars.remove(by: ada)
            #expect(bare.avatarPath == "/avatars/ada.svg")
            #expect(try await identity.avatars.picture(second.picture, .small) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an organisation's picture is for its admins to change`(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let identity = try Identity.testing(database, world: .fixed())
            let ada = try await identity.person("ada")
            let bob = try await identity.person("bob")
            let root = try await identity.person("root", role: .admin)
            _ = try await identity.organization("lab", of: "ada", members: ["bob": .write])
            let picture = Drawing.png(10, 10, color: 0x0000FF)
            let pictured = try await identity.avatars.replace(of: "lab", with: picture, by: ada)
            #expect(!pictured.picture.isEmpty)
            let bare = try await identity.avatars.remove(of: "lab", by: root)
            #expect(bare.picture.isEmpty)
            await #expect(throws: OrganizationError.notAnAdmin) {
                try await identity.avatars.replace(of: "lab", with: picture, by: bob)
            }
            await #expect(throws: Problem.signInFirst) {
                try await identity.avatars.replace(with: picture, by: .visitor)
            }
        }
    }

    @Test
    func `what is not a picture, too large, or a bomb is refused before it is decoded`() async throws {
        let junk: [[UInt8]] = [
            [], Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), Array("GIF89a".utf8),
            Array(Drawing.png(20, 20, color: 1).prefix(60)), Array("RIFF0000WEBPVP8X".utf8),
            [0xFF, 0xD8] + [UInt8](repeating: 0xFF, count: 1000), [0xFF, 0xD8, 0xFF, 0xE1, 0, 1],
        ]
        for bytes in junk {
            await #expect(throws: PictureError.unreadable) {
                try await PictureWorkshop.webp(of: bytes, sizes: [PictureSize(8, 8)])
            }
        }
        await #expect(throws: PictureError.tooLarge) {
            try await PictureWorkshop.webp(of: [UInt8](repeating: 0, count: 6 << 20), sizes: [PictureSize(8, 8)])
        }
        // The head of a small file may claim any size.
        var bomb = Drawing.png(20, 20, color: 1)
        bomb.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
        let sent = bomb
        await #expect(throws: PictureError.tooManyPixels) {
            try await PictureWorkshop.webp(of: sent, sizes: [PictureSize(8, 8)])
        }
    }

    @Test
    func `the chosen part is what is drawn, and must lie within`() async throws {
        let halves = Drawing.halves(40, 20)
        let right = try await PictureWorkshop.webp(
            of: halves,
            crop: .part(x: 20, y: 0, width: 20, height: 20),
            sizes: [PictureSize(16, 16)]
        )
        #expect(Drawing.isBlue(right[0], x: 1, y: 8))
        let whole = try await PictureWorkshop.webp(of: halves, sizes: [PictureSize(40, 20)])
        #expect(!Drawing.isBlue(whole[0], x: 2, y: 10))
        #expect(Drawing.isBlue(whole[0], x: 38, y: 10))
        for part in [(30, 0, 20, 20), (-1, 0, 5, 5), (0, 0, 0, 0), (0, 0, 41, 1), (Int.max, 0, 5, 5)] {
            await #expect(throws: PictureError.cropOutside) {
                try await PictureWorkshop.webp(
                    of: halves,
                    crop: .part(x: part.0, y: part.1, width: part.2, height: part.3),
                    sizes: [PictureSize(8, 8)]
                )
            }
        }
    }

    @Test(arguments: [(1, false, true), (2, true, false), (3, true, false), (6, false, false), (8, false, false)])
    func `a photograph is turned upright`(_ turn: (orientation: Int, left: Bool, right: Bool)) async throws {
        let photo = Drawing.photo(40, 20, orientation: turn.orientation)
        let header = try #require(PictureHeader(photo))
        #expect(header.orientation == turn.orientation)
        #expect(header.upright == (turn.orientation >= 5 ? PictureSize(20, 40) : PictureSize(40, 20)))
        let drawn = try await PictureWorkshop.webp(of: photo, sizes: [header.upright])[0]
        if turn.orientation < 5 {
            #expect(Drawing.isBlue(drawn, x: 3, y: 10) == turn.left)
            #expect(Drawing.isBlue(drawn, x: 36, y: 10) == turn.right)
        } else {
            // The blue half was on the right: a turn to the right brings it down, one to the left up.
            #expect(Drawing.isBlue(drawn, x: 10, y: 36) == (turn.orientation == 6))
            #expect(Drawing.isBlue(drawn, x: 10, y: 3) == (turn.orientation == 8))
        }
        // Nothing but pixels is left: no Exif, no comment.
        #expect(!String(decoding: drawn, as: UTF8.self).contains("Exif"))
    }
}

/// Pictures for the tests, made by the library that reads them.
private enum Drawing {
    static func png(_ width: Int32, _ height: Int32, color: Int32) -> [UInt8] {
        encoded(width, height, gdImagePngPtr) { image in
            gdImageFilledRectangle(image, 0, 0, width - 1, height - 1, color)
        }
    }

    /// Red on the left, blue on the right.
    static func halves(_ width: Int32, _ height: Int32) -> [UInt8] {
        encoded(width, height, gdImagePngPtr) { paintHalves($0, width, height) }
    }

    static func photo(_ width: Int32, _ height: Int32, orientation: Int) -> [UInt8] {
        let bytes = encoded(width, height, { gdImageJpegPtr($0, $1, 95) }) { paintHalves($0, width, height) }
        let exif =
            Array("Exif\0\0II".utf8) + [0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0]
            + [UInt8(orientation), 0, 0, 0, 0, 0, 0, 0]
        let segment: [UInt8] = [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif
        return Array(bytes.prefix(2)) + segment + Array(bytes.dropFirst(2))
    }

    static func isBlue(_ webp: [UInt8], x: Int32, y: Int32) -> Bool {
        var webp = webp
        guard let image = gdImageCreateFromWebpPtr(Int32(webp.count), &webp) else { return false }
        defer { gdImageDestroy(image) }
        let pixel = gdImageGetTrueColorPixel(image, x, y)
        return pixel & 0xFF > 150 && pixel >> 16 & 0xFF < 100
    }

    private static func paintHalves(_ image: gdImagePtr, _ width: Int32, _ height: Int32) {
        gdImageFilledRectangle(image, 0, 0, width / 2 - 1, height - 1, 0xFF0000)
        gdImageFilledRectangle(image, width / 2, 0, width - 1, height - 1, 0x0000FF)
    }

    private static func encoded(
        _ width: Int32,
        _ height: Int32,
        _ encode: (gdImagePtr, UnsafeMutablePointer<Int32>) -> UnsafeMutableRawPointer?,
        _ paint: (gdImagePtr) -> Void
    ) -> [UInt8] {
        guard let image = gdImageCreateTrueColor(width, height) else { return [] }
        defer { gdImageDestroy(image) }
        paint(image)
        var count: Int32 = 0
        guard let start = encode(image, &count) else { return [] }
        defer { gdFree(start) }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
    }
}
