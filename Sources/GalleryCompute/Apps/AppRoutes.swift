import Foundation
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/api/v1/apps`: making, finding, using and keeping AI apps.
struct AppRoutes: Sendable {
    let apps: Apps

    func add(to api: APIRoutes) {
        addLooking(to: api)
        addKeeping(to: api)
        addUsing(to: api)
    }

    private func addLooking(to api: APIRoutes) {
        api.get(
            "apps",
            "List the AI apps that can be used now, the newest first",
            for: .everyone,
            query: [.text("q", "Only those in whose name, owner or description these words occur.")]
                + APIParameter.paging,
            answers: APIPage<AppBody>.self
        ) { call in
            let (cursor, limit) = try call.paging()
            let found = try await apps.list(try call.query()["q"] ?? "", before: cursor, limit: limit + 1)
            let shown = found.prefix(limit).map { AppBody($0, isOpen: true) }
            return APIPage(items: shown, next: found.count > limit ? shown.last?.id : nil)
        }
        api.get(
            "my/apps",
            "List one's own AI apps, the newest first",
            query: APIParameter.paging,
            answers: APIPage<MyAppBody>.self
        ) { call in
            let (cursor, limit) = try call.paging()
            let found = try await apps.mine(before: cursor, limit: limit + 1, by: call.viewer)
            let shown = found.prefix(limit).map(MyAppBody.init)
            return APIPage(items: shown, next: found.count > limit ? shown.last?.app.id : nil)
        }
        api.get("apps/{app}", "Show an AI app", for: .everyone, answers: AppBody.self) { call in
            AppBody(try await apps.show(call.path("app"), by: call.viewer))
        }
        api.get("my/apps/{app}", "Show an AI app of one's own with what runs it", answers: MyAppBody.self) { call in
            MyAppBody(try await apps.keep(call.path("app"), by: call.viewer))
        }
        api.get("my/apps/{app}/cost", "Show what an AI app costs so far", answers: RunCostBody.self) { call in
            RunCostBody(try await apps.cost(of: call.path("app"), by: call.viewer), apps.billing.currency)
        }
    }

    private func addKeeping(to api: APIRoutes) {
        api.send(
            .post,
            "apps",
            "Make an AI app of a model or of a repository of one's own, and start it",
            body: NewAppBody.self,
            answers: MyAppBody.self,
            status: .created
        ) { call in
            // What is wrong with it is told to those who may make one.
            _ = try ComputeRights.mustBeWhole(call.viewer, .write)
            return MyAppBody(try await apps.create(call.body.draft(), by: call.viewer))
        }
        api.send(
            .patch,
            "my/apps/{app}",
            "Say something else of an AI app",
            body: AppChangeBody.self,
            answers: MyAppBody.self
        ) { call in
            let (id, change) = (try call.path("app"), call.body)
            let app = try await apps.keep(id, for: .write, by: call.viewer).app
            let text = AppText(
                name: change.name ?? app.name,
                licence: change.licence ?? app.licence,
                about: change.description ?? app.about
            )
            return MyAppBody(try await apps.edit(id, text, by: call.viewer))
        }
        api.send(
            .post,
            "my/apps/{app}/start",
            "Show an AI app again: it starts anew",
            body: AppStartBody.self,
            answers: MyAppBody.self
        ) { call in
            let (id, wish) = (try call.path("app"), call.body)
            var used = try await apps.keep(id, for: .write, by: call.viewer).app.used
            used.flavor = wish.flavor ?? used.flavor
            used.region = wish.region ?? used.region
            used.tariff = wish.tariff ?? used.tariff
            return MyAppBody(try await apps.start(id, on: used, hours: wish.hours.map { .some($0) }, by: call.viewer))
        }
        api.send(
            .post,
            "my/apps/{app}/stop",
            "Take an AI app away until it is started again",
            answers: MyAppBody.self
        ) { call in MyAppBody(try await apps.pause(call.path("app"), by: call.viewer)) }
        api.send(.delete, "my/apps/{app}", "Delete an AI app for good") { call in
            let id = try call.path("app")
            let name = try await apps.keep(id, for: .write, by: call.viewer).app.name
            try await apps.delete(id, typed: name, by: call.viewer)
        }
        addCover(to: api)
    }

    private func addCover(to api: APIRoutes) {
        let path = "my/apps/{app}/cover"
        api.raw(
            .put,
            path,
            "Set the cover of an AI app",
            body: .string(format: "binary"),
            bodyType: "image/*",
            upTo: PictureWorkshop.largestFile,
            answer: api.schema(of: AppCoverBody.self)
        ) { request, context in
            let id = try context.segment("app")
            let bytes = try await request.bytes(upTo: PictureWorkshop.largestFile)
            try await apps.setCover(Array(bytes.readableBytesView), of: id, by: context.viewer)
            let app = try await apps.keep(id, by: context.viewer).app
            return try APIRoutes.answer(AppCoverBody(cover: AppCover.path(app, isLarge: true)))
        }
        api.send(.delete, path, "Remove the cover of an AI app") { call in
            try await apps.setCover(nil, of: call.path("app"), by: call.viewer)
        }
    }

    private func addUsing(to api: APIRoutes) {
        api.raw(
            .post,
            "apps/{app}/answers",
            "Say something to an AI app made of a model; its words come as server-sent events, as of OpenAI's chat completions",
            body: api.schema(of: AppTalk.self),
            answerTypes: ["text/event-stream"]
        ) { request, context in
            _ = try context.viewer.mustBeSignedIn()
            let talk = try await APIRoutes.body(AppTalk.self, of: request, context)
            return try await apps.talk(talk, to: context.segment("app"), by: context.viewer)
        }
        api.send(
            .post,
            "apps/{app}/pages",
            "Get an address at which the page of somebody's own app answers for a while",
            answers: AppPageBody.self,
            status: .created
        ) { call in
            let page = try await apps.page(of: call.path("app"), by: call.viewer)
            return AppPageBody(path: page.path, until: page.until)
        }
    }
}
