/// What is to be written: the data type between the tables and the text.
struct ModelPlan: Equatable {
    /// One file each; data types first, then resources, by name.
    var files: [ModelFile] = []
    /// Swift types of resources by the standard's names.
    var resources: [(name: String, swiftName: String)] = []

    static func == (left: ModelPlan, right: ModelPlan) -> Bool { left.files == right.files }
}

/// A type of the standard with its backbones and choices.
struct ModelFile: Equatable {
    var structure: ModelStructure
    /// Backbones, outermost first, each nested in the one before its last dot.
    var nested: [ModelStructure] = []
}

struct ModelStructure: Equatable {
    /// `Patient.contact`
    var name: String
    /// `Patient.Contact`
    var swiftName: String
    var isResource = false
    var elements: [ModelElement] = []
    var choices: [ModelChoice] = []
}

struct ModelElement: Equatable {
    enum Kind: Equatable {
        /// A primitive that occurs at most once.
        case one
        /// Repeats.
        case all
        /// Anything else that occurs at most once.
        case boxed
        case choice
    }

    var name: String
    var kind: Kind
    /// Swift type of one value.
    var type: String
    /// What the standard says of it, for the comment.
    var note: String
}

/// The enum of a choice element, or the name of an equal one.
struct ModelChoice: Equatable {
    struct Case: Equatable {
        var name: String
        /// The type as the property's name has it.
        var suffix: String
        var type: String
        var isIndirect: Bool
    }

    var swiftName: String
    var cases: [Case] = []
    var alias: String?
}
