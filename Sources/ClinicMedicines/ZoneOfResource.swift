import Clinic
import JSONTape

/// The IANA time zone that a Location or Patient states by the standard extension.
/// https://hl7.org/fhir/R4/extension-timezone.html
enum ZoneOfResource {
    static let extensionURL = "http://hl7.org/fhir/StructureDefinition/timezone"

    static func zone(of resource: JSONNode) -> String? {
        resource["extension"]?.items.first { $0["url"]?.string == extensionURL }?["valueCode"]?.string
    }
}
