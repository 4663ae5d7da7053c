/// Segments of a message that belong together, such as an order with its results.
package struct MessageGroup: Sendable {
    package enum Child: Sendable {
        case segment(Segment)
        case group(MessageGroup)
    }

    /// Name in the structure, such as `ORDER_OBSERVATION`; of the outermost group: the structure's own.
    package let name: String
    /// In the order sent.
    package fileprivate(set) var children: [Child] = []

    /// Segments of that name directly in this group.
    package func segments(named name: String) -> [Segment] {
        children.compactMap { child in
            if case .segment(let segment) = child, segment.isNamed(name) { segment } else { nil }
        }
    }

    /// Groups of that name directly in this group.
    package func groups(named name: String) -> [MessageGroup] {
        children.compactMap { child in
            if case .group(let group) = child, group.name == name { group } else { nil }
        }
    }

    /// All segments, those of groups within included, in the order sent.
    package var allSegments: [Segment] {
        children.flatMap { child in
            switch child {
            case .segment(let segment): [segment]
            case .group(let group): group.allSegments
            }
        }
    }
}

/// Where a message is built otherwise than its structure says. Never a reason to refuse it by itself.
package struct StructureIssue: Sendable, Hashable {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The type and event have no structure that is known; the segments are one flat list.
        case unknownStructure
        /// The structure has no such segment anywhere. Z segments are allowed everywhere.
        case unexpectedSegment
        /// The structure has it, but not here; it was put where it fits best.
        case misplacedSegment
        /// A required segment or group is absent.
        case missing
    }

    package let code: Code
    /// The segment that is out of place; for a missing one its name.
    package let location: HL7Location
    /// The group concerned, such as `ORU_R01.PATIENT_RESULT.PATIENT`.
    package let group: String

    /// A sentence for people.
    package var message: String {
        switch code {
        case .unknownStructure: "the structure of this message type is not known"
        case .unexpectedSegment: "\(location) does not belong to \(group)"
        case .misplacedSegment: "\(location) is out of order in \(group)"
        case .missing: "\(location.segment) is missing in \(group)"
        }
    }
}

extension RawMessage {
    /// The message's segments in the groups of its structure (`structureName`). Never fails: what does not fit is
    /// kept in the nearest group and named as an issue.
    package var grouped: (root: MessageGroup, issues: [StructureIssue]) {
        guard let name = structureName, let structure = HL7Dictionary.structure(name) else {
            let header = HL7Location(segment: "MSH", field: 9)
            var root = MessageGroup(name: "")
            root.children = segments.map { .segment($0) }
            return (root, [StructureIssue(code: .unknownStructure, location: header, group: "")])
        }
        return GroupBuilder.build(self, structure)
    }
}

/// Puts segments into groups, one after the other, with the place of the last one as the starting point.
struct GroupBuilder {
    private typealias Element = MessageStructure.Element

    /// One open group.
    private struct Frame {
        let elements: [Element]
        var group: MessageGroup
        /// Where in `elements` the last segment went.
        var index = 0
        /// How many occurrences each element has.
        var counts: [Int]

        init(_ name: String, _ elements: [Element]) {
            self.elements = elements
            group = MessageGroup(name: name)
            counts = [Int](repeating: 0, count: elements.count)
        }
    }

    /// Segments that some version allows nearly everywhere, or that real senders put anywhere.
    private static let ubiquitous: Set<String> = ["NTE", "SFT", "UAC", "PRT", "ARV", "ADD", "DSC", "ERR"]

    private var frames: [Frame]
    private var issues: [StructureIssue] = []
    private let structure: MessageStructure

    static func build(
        _ message: RawMessage, _ structure: MessageStructure
    ) -> (root: MessageGroup, issues: [StructureIssue]) {
        var builder = GroupBuilder(structure)
        for segment in message.segments { builder.place(segment) }
        builder.close(to: 0)
        builder.noteMissing(in: builder.frames[0])
        return (builder.frames[0].group, builder.issues)
    }

    private init(_ structure: MessageStructure) {
        self.structure = structure
        frames = [Frame(structure.name, structure.elements)]
    }

    private mutating func place(_ segment: Segment) {
        let name = segment.name
        if advance(segment, where: { $0.begins(with: name) }) { return }
        let isUbiquitous = name.hasPrefix("Z") || Self.ubiquitous.contains(name)
        if !isUbiquitous, advance(segment, where: { $0.contains(name) }) { return }
        if !isUbiquitous {
            let isKnown = structure.elements.contains { $0.contains(name) }
            note(isKnown ? .misplacedSegment : .unexpectedSegment, segment.location)
            if isKnown, goBack(segment) { return }
        }
        frames[frames.count - 1].group.children.append(.segment(segment))
    }

    /// Looks forward from the last place, innermost group first; repeating ones may begin anew.
    private mutating func advance(_ segment: Segment, where matches: (Element) -> Bool) -> Bool {
        let renewed = renewedDepth(segment.name)
        for depth in frames.indices.reversed() {
            let frame = frames[depth]
            for index in frame.index..<frame.elements.count {
                let element = frame.elements[index]
                guard element.isRepeating || frame.counts[index] == 0, matches(element) else { continue }
                // An ORC after a whole order is the next order, rather than an earlier one without its patient.
                if let renewed, depth > renewed, !element.opens(directlyWith: segment.name) { continue }
                close(to: depth)
                frames[depth].index = index
                enter(segment, at: index, where: matches)
                return true
            }
        }
        return false
    }

    /// The innermost place where a repeating open group begins anew with such a segment, which it must begin with.
    private func renewedDepth(_ name: String) -> Int? {
        frames.indices.dropLast().last { depth in
            let element = frames[depth].elements[frames[depth].index]
            guard element.isRepeating, case .group(_, let inner) = element.content, let first = inner.first else {
                return false
            }
            return first.isRequired && first.accepts(name)
        }
    }

    /// Takes a segment that comes too late into the innermost open group that has a place for it.
    private mutating func goBack(_ segment: Segment) -> Bool {
        let name = segment.name
        for depth in frames.indices.reversed() {
            guard let index = frames[depth].elements.firstIndex(where: { $0.contains(name) }) else { continue }
            close(to: depth)
            enter(segment, at: index, where: { $0.contains(name) })
            return true
        }
        return false
    }

    /// Puts the segment at element `index` of the innermost group, opening groups on the way down.
    private mutating func enter(_ segment: Segment, at index: Int, where matches: (Element) -> Bool) {
        let depth = frames.count - 1
        frames[depth].counts[index] += 1
        guard case .group(let name, let elements) = frames[depth].elements[index].content else {
            return frames[depth].group.children.append(.segment(segment))
        }
        // `matches` held for the group, so it holds for one of its elements.
        let inner = elements.firstIndex(where: matches) ?? 0
        frames.append(Frame(name, elements))
        frames[depth + 1].index = inner
        enter(segment, at: inner, where: matches)
    }

    /// Ends the groups inside the one at `depth`.
    private mutating func close(to depth: Int) {
        while frames.count > depth + 1 {
            let frame = frames[frames.count - 1]
            noteMissing(in: frame)
            frames.removeLast()
            frames[frames.count - 1].group.children.append(.group(frame.group))
        }
    }

    /// Called while `frame` is still the innermost.
    private mutating func noteMissing(in frame: Frame) {
        for (index, element) in frame.elements.enumerated() where element.isRequired && frame.counts[index] == 0 {
            note(.missing, HL7Location(segment: element.label))
        }
    }

    private mutating func note(_ code: StructureIssue.Code, _ location: HL7Location) {
        let path = frames.map(\.group.name).joined(separator: ".")
        issues.append(StructureIssue(code: code, location: location, group: path))
    }
}
