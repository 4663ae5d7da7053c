import FHIRServerTesting
import JSONTape

/// Small resources for tests.
enum Patients {
    static func named(_ family: String, id: String? = nil) -> String {
        let idMember = id.map { "\"id\":\"\($0)\"," } ?? ""
        return "{\"resourceType\":\"Patient\",\(idMember)\"name\":[{\"family\":\"\(family)\"}]}"
    }
}

extension TestResponse {
    /// `meta.versionId` of the body.
    var versionID: String? { (try? json)?["meta"]?["versionId"]?.string }

    /// `id` of the body.
    var id: String? { (try? json)?["id"]?.string }
}
