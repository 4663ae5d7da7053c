import FHIRDefinitions
import JSONTape

extension ValueSetDefinition {
    /// Takes the standard's own code systems in the version that the standard has.
    ///
    /// A value set of R4 (task-code) was left behind with another version of a code system than the one beside it.
    package mutating func dropStandardVersions() {
        for index in includes.indices { Self.drop(&includes[index]) }
        for index in excludes.indices { Self.drop(&excludes[index]) }
    }

    private static func drop(_ part: inout Part) {
        guard part.version != nil, let system = part.system else { return }
        if StandardTerminology.r4.resource("CodeSystem", url: system)?["content"]?.string == "complete" {
            part.version = nil
        }
    }
}
