import FHIRFormats
import Glibc
import JSONTape
package import Logging

/// Writes log events as JSON lines to stderr:
///
///     {"time":"2026-03-01T08:15:30.123Z","level":"error","message":"request failed","request_id":"4f…","status":"500"}
///
/// Callers put route templates and codes into messages and metadata, never ids, queries or content.
package struct JSONLogHandler: LogHandler {
    private let label: String
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    package init(label: String, level: Logger.Level = .info) {
        self.label = label
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var writer = JSONWriter(reservingByteCount: 256)
        writer.beginObject()
        writer.member("time", Instant.now.text)
        writer.member("level", event.level.rawValue)
        writer.member("logger", label)
        writer.member("message", event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            writer.key(named: key)
            writer.string(value.description)
        }
        writer.endObject()
        var line = writer.bytes
        line.append(UInt8(ascii: "\n"))
        // One call per line, so that lines of several threads do not mix.
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
