import JSONTape

/// Missing elements that do not keep a resource from being stored: published ones leave them out.
enum ToleratedOmission {
    /// `Questionnaire.item.linkId` of display items: the official example `Questionnaire/qs1` has none.
    static func isTolerated(_ path: String, in object: Document.Index, of document: Document) -> Bool {
        guard path == "Questionnaire.item.linkId", let type = document.member("type", of: object) else { return false }
        return document.isString(type, equalTo: "display")
    }
}
