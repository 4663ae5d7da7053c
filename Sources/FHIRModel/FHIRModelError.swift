/// Why a JSON value is no value of a model type, and where.
package struct FHIRModelError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The type has no such property.
        case unknownProperty
        /// An object, array or scalar where the element takes another kind of JSON value.
        case wrongKind
        /// A scalar whose text is not of its primitive's form.
        case invalidValue
        /// `resourceType` is missing, unknown, or not that of the type being read.
        case wrongResourceType
        /// The text is no JSON that FHIR allows.
        case invalidJSON
    }

    package var code: Code
    /// The type that reading began with; empty before any was entered.
    package var root = ""
    /// Elements from the root to the place, `contact[0].name.family`; empty at the root.
    package var path = ""

    package init(_ code: Code, path: String = "") {
        self.code = code
        self.path = path
    }

    /// FHIRPath of the element: `Patient.contact[0].name.family`.
    package var expression: String {
        if root.isEmpty || path.isEmpty { return root + path }
        return root + "." + path
    }

    /// The same error seen from the type `root` that has the element `step`.
    func inside(_ root: String, _ step: String) -> FHIRModelError {
        var error = self
        error.root = root
        if !step.isEmpty {
            let separator = path.isEmpty || path.first == "[" ? "" : "."
            error.path = step + separator + path
        }
        return error
    }

    /// The same error seen from the array that has the value at `index`.
    func at(index: Int) -> FHIRModelError { inside(root, "[\(index)]") }

    /// Code and place; quotes no value.
    package var description: String { "\(code.rawValue) at \(expression)" }
}
