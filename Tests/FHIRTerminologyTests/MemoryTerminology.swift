import FHIRTerminology
import JSONTape

/// Terminologies in memory, for tests.
struct MemoryTerminology: TerminologySource {
    var resources: [JSONNode] = []

    init(_ texts: [String]) throws {
        for text in texts { resources.append(JSONNode(try Document.parse(text))) }
    }

    private func find(_ type: String, _ canonical: String) -> JSONNode? {
        let wanted = Canonical(canonical)
        return resources.last {
            $0["resourceType"]?.string == type && $0["url"]?.string == wanted.url
                && (wanted.version == nil || $0["version"]?.string == wanted.version)
        }
    }

    func codeSystem(_ canonical: String) -> (any CodeSystem)? {
        find("CodeSystem", canonical).map { ResourceCodeSystem($0) }
    }

    func valueSet(_ canonical: String) throws -> ValueSetDefinition? {
        try find("ValueSet", canonical).map { try ValueSetDefinition($0) } ?? ImplicitValueSet.definition(canonical)
    }

    func conceptMap(_ canonical: String) -> ConceptMapDefinition? {
        find("ConceptMap", canonical).map { ConceptMapDefinition($0) }
    }

    func conceptMaps(from system: String, isReverse: Bool) -> [ConceptMapDefinition] {
        resources.filter { node in
            guard node["resourceType"]?.string == "ConceptMap" else { return false }
            return (node["group"]?.items ?? []).contains {
                $0[named: isReverse ? "target" : "source"]?.string == system
            }
        }.map { ConceptMapDefinition($0) }
    }

    /// A small world of animals with every kind of link, text and state.
    static let animals = #"""
        {"resourceType":"CodeSystem","url":"urn:animals","version":"2","name":"Animals","language":"en",
         "content":"complete","caseSensitive":true,
         "property":[{"code":"kind-of","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"},
          {"code":"legs","type":"integer"},{"code":"status","type":"code"}],
         "concept":[{"code":"animal","display":"Animal","property":[{"code":"notSelectable","valueBoolean":true}],
          "concept":[
           {"code":"dog","display":"Dog","designation":[{"language":"de","value":"Hund"},
             {"language":"de","use":{"system":"http://snomed.info/sct","code":"900000000000003001"},
              "value":"Hund (Tier)"},
             {"use":{"system":"urn:use","code":"synonym"},"value":"Hound"}],
            "property":[{"code":"legs","valueInteger":4}],
            "concept":[{"code":"poodle","display":"Standard poodle","property":[{"code":"legs","valueInteger":4}]}]},
           {"code":"cat","display":"Cat","property":[{"code":"legs","valueInteger":4}]},
           {"code":"dodo","display":"Dodo","property":[{"code":"legs","valueInteger":2},
             {"code":"status","valueCode":"retired"}]}]},
          {"code":"plant","display":"Plant"},
          {"code":"catdog","display":"Cat dog","property":[{"code":"kind-of","valueCode":"cat"},
            {"code":"parent","valueCode":"dog"}]}]}
        """#

    static func valueSet(_ name: String, _ compose: String) -> String {
        #"{"resourceType":"ValueSet","url":"urn:vs:\#(name)","status":"active","compose":{\#(compose)}}"#
    }

    static func filter(_ property: String, _ op: String, _ value: String) -> String {
        let filter = #"{"property":"\#(property)","op":"\#(op)","value":"\#(value)"}"#
        return #""include":[{"system":"urn:animals","filter":[\#(filter)]}]"#
    }
}
