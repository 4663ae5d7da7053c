import JSONTape

/// What is wrong with an answer, whatever was asked.
enum Verdict {
    /// Nil where all is well.
    static func fault(of answer: RawAnswer?, to request: FuzzRequest) -> String? {
        guard let answer else { return "the answer is no HTTP, or was cut off" }
        // 501: of the standard, not offered. 503: too much to ask of the database, or of the moment.
        if answer.status >= 500, answer.status != 501, answer.status != 503 { return "status \(answer.status)" }
        if let length = answer.headers["content-length"].flatMap(Int.init), request.method != "HEAD",
            answer.status != 304, length != answer.body.count
        {
            return "Content-Length says \(length), \(answer.body.count) bytes came"
        }
        // An address with bytes beyond ASCII is no HTTP: the server does not get to know that it is a HEAD.
        if request.method == "HEAD", request.target.contains(where: { !(0x21...0x7E).contains($0) }) { return nil }
        if request.method == "HEAD" || answer.status == 204 || answer.status == 304 {
            return answer.body.isEmpty ? nil : "a body where there must be none"
        }
        if answer.headers["content-encoding"] != nil { return nil }
        return bodyFault(answer)
    }

    private static func bodyFault(_ answer: RawAnswer) -> String? {
        let type = answer.headers["content-type"] ?? ""
        if answer.body.isEmpty { return answer.status >= 400 ? "an error without an outcome" : nil }
        if type.contains("xml") { return xmlFault(answer) }
        guard type.contains("json") else {
            return answer.status >= 400 ? "an error of type \(type.debugDescription)" : nil
        }
        guard let document = try? Document.parse(answer.body) else { return "a body that is no JSON" }
        let root = JSONNode(document)
        if type.hasPrefix("application/fhir+json"), root["resourceType"]?.string == nil {
            return "a body without resourceType"
        }
        if answer.status >= 400 {
            // GraphQL tells its errors in its own way, with 200.
            guard root["resourceType"]?.string == "OperationOutcome", root["issue"]?.items.isEmpty == false else {
                return "an error without an outcome"
            }
        }
        return nil
    }

    private static func xmlFault(_ answer: RawAnswer) -> String? {
        let text = String(decoding: answer.body, as: UTF8.self)
        if answer.status >= 400, !text.contains("<OperationOutcome") { return "an error without an outcome" }
        return text.hasSuffix(">") || text.hasSuffix(">\n") ? nil : "XML that does not end"
    }
}
