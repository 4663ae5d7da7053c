import JSONTape

extension StoredVersion {
    /// Id of the patient that this one was merged into (R4 patient.html#links); nil if it is live. The bytes tell of
    /// most that there is none.
    package var successor: String? {
        guard let content, content.containsText("replaced-by"),
            let document = try? Document.parse(content, limits: .fhir)
        else { return nil }
        let link = (JSONNode(document)["link"]?.items ?? []).first { $0["type"]?.string == "replaced-by" }
        guard let reference = link?["other"]?["reference"]?.string, reference.hasPrefix("Patient/") else { return nil }
        return String(reference.dropFirst("Patient/".count))
    }
}

extension [UInt8] {
    fileprivate func containsText(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { needle in
            guard let first = needle.first, count >= needle.count else { return false }
            return withUnsafeBufferPointer { bytes in
                for start in 0...(bytes.count - needle.count) where bytes[start] == first {
                    if bytes[start..<(start + needle.count)].elementsEqual(needle) { return true }
                }
                return false
            }
        }
    }
}
