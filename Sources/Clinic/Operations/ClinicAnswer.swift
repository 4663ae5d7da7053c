package import FHIRFormats
package import FHIRModel
import JSONTape

/// What an operation answers.
package struct ClinicAnswer: Sendable {
    /// HTTP status.
    package var status: Int
    /// A resource as compact JSON.
    package var resource: [UInt8]
    /// Version of the resource, for `ETag` and `Last-Modified`, where one resource alone is answered.
    package var stamp: VersionStamp?

    package init(_ status: Int = 200, resource: [UInt8], stamp: VersionStamp? = nil) {
        self.status = status
        self.resource = resource
        self.stamp = stamp
    }

    /// One resource as it was stored.
    package init(_ saved: SavedResource, status: Int = 200) {
        self.init(status, resource: saved.json, stamp: saved.stamp)
    }

    /// A Bundle of stored resources (R4 bundle.html).
    ///
    /// - Parameters:
    ///   - type: `searchset`, whose entries say that they match, or `collection`.
    ///   - base: absolute address of the FHIR API.
    package init(bundle type: String = "searchset", _ resources: [SavedResource], base: String, status: Int = 200) {
        self.init(
            bundle: type, status: status,
            entries: resources.map { ("\(base)/\($0.reference.text)", $0.json) })
    }

    /// A Bundle of any resources; those that are not stored have no address.
    package init(bundle type: String = "searchset", status: Int = 200, entries: [(fullURL: String?, json: [UInt8])]) {
        let json = ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.member("type", type)
            if type == "searchset" {
                writer.key("total")
                writer.number(entries.count)
            }
            if !entries.isEmpty {
                writer.key("entry")
                writer.beginArray()
                for entry in entries {
                    writer.beginObject()
                    if let url = entry.fullURL { writer.member("fullUrl", url) }
                    writer.key("resource")
                    writer.raw(entry.json)
                    if type == "searchset" {
                        writer.key("search")
                        writer.beginObject()
                        writer.member("mode", "match")
                        writer.endObject()
                    }
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.endObject()
        }
        self.init(status, resource: json)
    }

    /// A Parameters resource.
    package init(_ parameters: ParametersWriter, status: Int = 200) {
        self.init(status, resource: parameters.bytes)
    }
}
