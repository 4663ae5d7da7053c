import JSONTape

/// Joins a later delivery of a report with the stored one.
///
/// A correction may carry only the changed results; those it does not mention stay part of the report.
enum ReportMerge {
    /// `incoming` with the results of `stored` that it does not list put in front of its own.
    static func merge(_ incoming: [UInt8], into stored: [UInt8]) throws -> [UInt8] {
        let new = JSONNode(try Document.parse(incoming))
        let old = JSONNode(try Document.parse(stored))
        let listed = Set((new["result"]?.items ?? []).compactMap { $0["reference"]?.string })
        let kept = (old["result"]?.items ?? []).filter { item in
            item["reference"]?.string.map { !listed.contains($0) } ?? false
        }
        guard !kept.isEmpty else { return incoming }
        var writer = JSONWriter(reservingByteCount: incoming.count + kept.count * 64)
        writer.beginObject()
        var hasResult = false
        for (key, value) in new.members {
            writer.key(named: key)
            guard key == "result" else {
                writer.copy(value)
                continue
            }
            hasResult = true
            write(kept + value.items, to: &writer)
        }
        if !hasResult {
            writer.key("result")
            write(kept, to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ items: [JSONNode], to writer: inout JSONWriter) {
        writer.beginArray()
        for item in items { writer.copy(item) }
        writer.endArray()
    }
}
