import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import JSONTape

/// An Observation with one of these codes has to meet the profile for it, whether or not it says that it does
/// (R4 observation-vitalsigns.html).
extension StructureWalk {
    mutating func checkVitalSign(_ resource: Document.Index, _ type: TypeID) {
        for coding in JSONNode(document, resource)["code"]?["coding"]?.items ?? [] {
            guard coding["system"]?.string == "http://loinc.org", let code = coding["code"]?.string,
                let name = Self.vitalSigns[code],
                case .success(let table)? = table("http://hl7.org/fhir/StructureDefinition/" + name)
            else { continue }
            check(Node(type: type, value: resource), profile: table)
        }
    }

    /// Profiles of the standard by LOINC code. The parts of a blood pressure have no profile of their own.
    private static let vitalSigns = [
        "85353-1": "vitalspanel", "9279-1": "resprate", "8867-4": "heartrate", "2708-6": "oxygensat",
        "8310-5": "bodytemp", "8302-2": "bodyheight", "9843-4": "headcircum", "29463-7": "bodyweight",
        "39156-5": "bmi", "85354-9": "bp", "8480-6": "vitalsigns", "8462-4": "vitalsigns", "8478-0": "vitalsigns",
    ]
}
