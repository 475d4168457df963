import Foundation
import GalleryHub
import GalleryModel
import GalleryServing
import RichText

/// A discussion in a list.
struct DiscussionLine: Sendable {
    let title: String
    let path: String
    let number: Int
    let state: String
    let tone: String
    let icon: String
    let author: String
    let moment: Moment

    init(_ discussion: Discussion, of asset: Asset, now: Date, _ context: GalleryContext) {
        title = discussion.title
        path = "\(asset.path)/discussions/\(discussion.number)"
        number = discussion.number
        state = context.say("discussion.state.\(discussion.status.rawValue)")
        tone = Self.tone(of: discussion.status)
        icon = discussion.isPullRequest ? "branch" : "comment"
        author = discussion.authorName ?? context.say("discussion.nobody")
        moment = context.formats.moment(discussion.createdAt, now: now)
    }

    static func tone(of status: DiscussionStatus) -> String {
        switch status {
        case .draft, .closed: "neutral"
        case .open: "positive"
        case .merged: "accent"
        }
    }
}

struct DiscussionListPage: Page {
    static let template = "assets/discussions"

    struct State {
        let text: String
        let path: String
        let isCurrent: Bool
    }

    let head: AssetHead
    let states: [State]
    let rows: [DiscussionLine]
    let isEmpty: Bool
    let newPath: String
    let nextPath: String?
}

struct DiscussionNewPage: Page {
    static let template = "assets/discussion-new"

    let head: AssetHead
    let action: String
    let cancelPath: String
    let discussionTitle: String
    let text: String
    let error: String?
}

struct DiscussionPage: Page {
    static let template = "assets/discussion"

    /// A comment with its text, or something that happened in a line.
    struct Event {
        let anchor: String
        let author: String
        let avatar: String?
        let authorPath: String?
        let html: String?
        let isHidden: Bool
        let note: String?
        let notePath: String?
        let moment: Moment
    }

    let head: AssetHead
    let line: DiscussionLine
    let isPullRequest: Bool
    let events: [Event]
    let changes: DifferencePart?
    let conflicts: [String]
    let hasConflicts: Bool
    let mergePath: String?
    let commentPath: String?
    let isClosable: Bool
    let isOpenable: Bool
    let isVisitor: Bool
    let hasMath: Bool

    init(
        _ details: DiscussionDetails,
        changes: DifferencePart?,
        head: AssetHead,
        asset: Asset,
        now: Date,
        _ context: GalleryContext
    ) {
        let discussion = details.discussion
        let account = context.viewer.account
        let mayChange = asset.may(.write) || account != nil && account?.id == discussion.author
        let isOpen = discussion.status == .open || discussion.status == .draft
        let mayTalk = asset.may(.discuss) && !asset.repository.discussionsDisabled
        self.head = head
        line = DiscussionLine(discussion, of: asset, now: now, context)
        isPullRequest = discussion.isPullRequest
        var hasMath = false
        events = details.events.enumerated().compactMap { index, event in
            // Who proposes changes need not say a word about them.
            if event.kind == .comment, !event.isHidden, event.body.allSatisfy(\.isWhitespace) { return nil }
            var text: RenderedText?
            if event.kind == .comment, !event.isHidden {
                text = MarkdownText.render(event.body, in: .none(idPrefix: "c\(index)-"))
            }
            if text?.hasMath == true { hasMath = true }
            return Self.event(event, text, of: asset, now: now, context)
        }
        self.hasMath = hasMath
        self.changes = changes
        conflicts = Array(details.conflicts.prefix(20))
        hasConflicts = !conflicts.isEmpty
        let isMergeable = discussion.isPullRequest && discussion.status == .open && conflicts.isEmpty
        let path = "\(asset.path)/discussions/\(discussion.number)"
        mergePath = isMergeable && asset.may(.write) ? "\(path)/merge" : nil
        commentPath = mayTalk ? "\(path)/comment" : nil
        isClosable = mayChange && isOpen
        isOpenable = mayChange && (discussion.status == .closed || discussion.status == .draft)
        isVisitor = account == nil
    }

    private static func event(
        _ event: DiscussionEvent,
        _ text: RenderedText?,
        of asset: Asset,
        now: Date,
        _ context: GalleryContext
    ) -> Event {
        let note: String? =
            switch event.kind {
            case .comment: nil
            case .status: context.say("discussion.event.\(event.body)")
            case .title: context.say("discussion.renamed", ["title": event.body])
            case .commit: event.body
            }
        return Event(
            anchor: event.id,
            author: event.authorName ?? context.say("discussion.nobody"),
            avatar: event.authorName.map { "/avatars/\(PercentEncoding.encode($0)).svg" },
            authorPath: event.authorName.map { "/\(PercentEncoding.encode($0))" },
            html: text?.html,
            isHidden: event.isHidden,
            note: note,
            notePath: event.kind == .commit ? "\(asset.path)/commit/\(event.detail)" : nil,
            moment: context.formats.moment(event.createdAt, now: now)
        )
    }
}
