import Foundation
import GalleryHub
import GalleryModel
import GalleryServing

/// A comment as templates show it: `comments/comment`.
struct CommentView: Sendable {
    let id: String
    let author: String
    let authorPath: String?
    let avatar: String?
    let answered: String?
    let html: String?
    /// Said in place of a text that is not to be read.
    let instead: String?
    let notice: String?
    /// As written, for whoever may change it.
    let ownText: String?
    let time: Moment
    let isEdited: Bool
    let likeCount: String?
    let isLiked: Bool
    let likeAction: String
    let mayLike: Bool
    let mayReply: Bool
    let mayEdit: Bool
    let mayDelete: Bool
    let mayReport: Bool
    let mayHide: Bool
    let mayRestore: Bool
    let hasMenu: Bool
    /// A reply to it that could not be posted, and the other things that could not be done to it.
    let replyDraft: CommentDraft?
    let editDraft: CommentDraft?
    let reportDraft: CommentDraft?
    let hideDraft: CommentDraft?
    let isMenuOpen: Bool

    init(
        _ readable: ReadableComment,
        mayWrite: Bool,
        draft: CommentDraft? = nil,
        now: Date,
        _ context: GalleryContext
    ) {
        let comment = readable.comment
        let isShown = readable.text != nil
        id = comment.id
        let name = comment.stands ? comment.authorName : nil
        author = name ?? (comment.stands ? context.say("comments.gone") : "")
        authorPath = name.map { "/\(PercentEncoding.encode($0))" }
        avatar = name.map { "/avatars/\(PercentEncoding.encode($0)).svg" }
        answered = readable.answeredName
        html = readable.text.map { CommentHTML.render($0, id: comment.id, people: readable.people) }
        instead = isShown ? nil : context.say(comment.state == .deleted ? "comments.deleted" : "comments.hidden")
        notice =
            isShown && comment.state == .hidden
            ? context.say("comments.hidden.reason", ["reason": comment.moderationReason]) : nil
        ownText = readable.mayEdit ? readable.text : nil
        time = context.formats.moment(comment.createdAt, now: now)
        isEdited = comment.editedAt != nil && isShown
        likeCount = comment.likes > 0 ? context.formats.number(comment.likes) : nil
        isLiked = readable.isLiked
        likeAction = readable.isLiked ? "unlike" : "like"
        mayLike = mayWrite && comment.state == .visible
        mayReply = mayWrite && comment.state == .visible
        mayEdit = readable.mayEdit
        mayDelete = readable.isOwn && comment.stands
        mayReport = context.viewer.account != nil && !readable.isOwn && comment.state == .visible
        mayHide = readable.mayModerate && comment.state == .visible
        mayRestore = readable.mayModerate && comment.state == .hidden
        hasMenu = mayEdit || mayDelete || mayReport || mayHide || mayRestore
        replyDraft = draft?.purpose == .reply ? draft : nil
        editDraft = draft?.purpose == .edit ? draft : nil
        reportDraft = draft?.purpose == .report ? draft : nil
        hideDraft = draft?.purpose == .hide ? draft : nil
        isMenuOpen = editDraft != nil || reportDraft != nil || hideDraft != nil
    }
}

/// What somebody typed and could not post, and why.
struct CommentDraft: Sendable {
    /// What it was meant for.
    enum Purpose: String, Sendable { case reply, edit, report, hide }

    var purpose = Purpose.reply
    let text: String
    let error: String?
}

/// A thread as templates show it.
struct CommentThreadView: Sendable {
    let head: CommentView
    let replies: [CommentView]
    /// How many replies there are, where not all are shown.
    let replyCount: String?
    let threadPath: String
    let nextRepliesPath: String?
    let place: String
    let mayReply: Bool

    init(
        _ thread: CommentThread,
        at place: String,
        mayWrite: Bool,
        isAlone: Bool,
        draft: (replyTo: String, CommentDraft)?,
        now: Date,
        _ context: GalleryContext
    ) {
        let view = { (comment: ReadableComment) in
            CommentView(
                comment,
                mayWrite: mayWrite,
                draft: draft?.replyTo == comment.comment.id ? draft?.1 : nil,
                now: now,
                context
            )
        }
        head = view(thread.head)
        replies = thread.replies.map(view)
        self.place = place
        threadPath = "\(place)/comments?thread=\(thread.head.comment.id)"
        let isCut = thread.next != nil
        replyCount = isCut && !isAlone ? context.formats.number(thread.head.comment.replies) : nil
        nextRepliesPath =
            isCut && isAlone
            ? thread.next.map { "\(place)/comments?thread=\(thread.head.comment.id)&cursor=\($0)" } : nil
        mayReply = head.mayReply
    }
}
