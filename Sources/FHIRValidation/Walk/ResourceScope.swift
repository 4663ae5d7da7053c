import FHIRDefinitions
import FHIRPath
import JSONTape

/// Which resource the walk is in: what invariants call `%resource` and `%rootResource`.
struct ResourceScope {
    /// The outermost resource that is no entry of another: what contains contained ones.
    var root: Document.Index
    /// The resource itself: the root, or one contained in it.
    var resource: Document.Index
    var resourceType: TypeID
    /// The Bundle that the root is an entry of.
    var bundle: Document.Index?
    /// Evaluates on the root; made when the first invariant needs it.
    var evaluation: Evaluation?
    /// Contained resources by id; read when the first reference needs it.
    var contained: [String: Document.Index]?

    init(root: Document.Index, type: TypeID, bundle: Document.Index? = nil) {
        self.root = root
        resource = root
        resourceType = type
        self.bundle = bundle
    }
}
