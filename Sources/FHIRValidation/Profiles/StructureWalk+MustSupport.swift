import FHIRDefinitions
import FHIRPath
import JSONTape

/// Elements that a profile wants systems to be able to handle, and that are not there (R4 profiling.html#mustsupport).
extension StructureWalk {
    /// Names them in one notice: that they are absent is no fault.
    mutating func nameAbsentMustSupport(_ resource: Node, _ table: ProfileTable) {
        guard table.root.hasMustSupport else { return }
        var absent: [String] = []
        collectAbsent(resource, table.root, table, prefix: "", depth: 0, &absent)
        guard !absent.isEmpty else { return }
        report.add(
            .information, .informational, at: place(of: resource),
            "must-support elements of the profile \(table.url) that are not there: "
                + absent.joined(separator: ", "))
    }

    private mutating func collectAbsent(
        _ node: Node, _ element: ProfileElement, _ table: ProfileTable, prefix: String, depth: Int,
        _ absent: inout [String]
    ) {
        guard depth < 20, takeProfileStep() else { return }
        let children = table.children(of: element).filter(\.hasMustSupport)
        guard !children.isEmpty else { return }
        var found: [String: [Node]] = [:]
        for (name, child) in evaluation.namedChildren(of: node) { found[name, default: []].append(child) }
        for child in children {
            let values = found[child.name] ?? []
            let path = prefix + child.name
            if values.isEmpty {
                if child.isMustSupport { add(path, &absent) }
                for slice in child.slices where slice.isMustSupport { add(path, slice, &absent) }
                continue
            }
            for slice in child.slices where slice.hasMustSupport {
                let members = values.filter { conforms($0, to: slice, table) }
                if members.isEmpty, slice.isMustSupport { add(path, slice, &absent) }
            }
            for value in values {
                collectAbsent(value, child, table, prefix: path + ".", depth: depth + 1, &absent)
            }
        }
    }

    private func add(_ path: String, _ slice: ProfileElement, _ absent: inout [String]) {
        add("\(path):\(slice.sliceName ?? "")", &absent)
    }

    /// Each once; of a value that repeats several may lack the same.
    private func add(_ path: String, _ absent: inout [String]) {
        if absent.count < 50, !absent.contains(path) { absent.append(path) }
    }
}
