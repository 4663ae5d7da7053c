import JSONTape

/// Missing elements that are only warned about, because the standard's own examples leave them out.
enum ToleratedOmission {
    /// `Questionnaire.item.linkId` of display items: the official example `Questionnaire/qs1` has none.
    static func isTolerated(_ path: String, in object: Document.Index, of document: Document) -> Bool {
        guard path == "Questionnaire.item.linkId", let type = document.member("type", of: object) else { return false }
        return document.isString(type, equalTo: "display")
    }
}
