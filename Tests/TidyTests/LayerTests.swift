import Testing

/// Imports point down (docs/ARCHITECTURE.md, "Layers").
@Suite struct LayerTests {
    /// The targets from top to bottom: each may import those after it, never those before it.
    static let order = [
        // Tools that stand beside the product
        "FuzzFHIRServer", "FuzzHL7", "FuzzJSONTape", "ModelGenerator", "DefinitionsGenerator",
        // Top
        "martlet", "ClinicTesting", "AuthServer", "FHIRServerTesting", "FHIRValidationTesting", "FHIRServer",
        "MLLPServer", "TransportSecurityTesting", "TransportSecurity",
        // Upper
        "CarriersTesting", "HL7Ingest", "ClinicWorkflows", "ClinicAccounts", "ClinicPeople", "ClinicScheduling",
        "ClinicVisits", "ClinicOrders", "ClinicMedicines", "ClinicMoney", "Clinic", "Access", "Carriers",
        "FHIRStoreTesting",
        "FHIRStore", "PostgreSQLTesting", "PostgreSQL",
        // Middle
        "FHIRPatch", "FHIRSearch", "FHIRValidation", "FHIRTerminology", "FHIRPath", "HL7Mapping", "FHIRModel",
        "FHIRProfiles", "FHIRFormats", "FHIRDefinitions", "Printing", "SyntheticClinic",
        // Low
        "UCUM", "JSONTape", "HL7Syntax", "GraphQLSyntax", "Archives", "CFHIRDefinitions", "CFHIRProfiles", "CUCUM",
        "CArgon2", "CChildProcess", "CLibCurl", "CLibPQ", "CLibXML2", "CPNG", "CPangoCairo", "CPrintShims", "CQREncode",
        "CXMLShims", "CZlib",
    ]

    @Test func everyTargetHasALayer() throws {
        for target in try SourceTree.targets() {
            #expect(Self.order.contains(target), "give \(target) its place in LayerTests.order")
        }
    }

    @Test func importsPointDown() throws {
        for file in try SourceTree.files(in: ["Sources"]) {
            guard let own = Self.order.firstIndex(of: file.target) else { continue }
            for name in file.imports {
                guard let imported = Self.order.firstIndex(of: name) else { continue }
                #expect(imported > own, "\(file.path) imports \(name) from above")
            }
        }
    }

    @Test func eachCLibraryHasOneImporter() throws {
        let files = try SourceTree.files(in: ["Sources"])
        for library in try SourceTree.targets() where isC(library) {
            let importers = Set(files.filter { $0.imports.contains(library) }.map(\.target))
            // These are reached through the C of CXMLShims and CPrintShims, and by no Swift.
            let expected = ["CLibXML2", "CPNG", "CPangoCairo"].contains(library) ? 0 : 1
            #expect(importers.count == expected, "\(library) is imported by \(importers.sorted())")
        }
    }

    /// C targets are named with a capital C before another capital.
    private func isC(_ target: String) -> Bool {
        target.first == "C" && target.dropFirst().first?.isUppercase == true
    }
}
