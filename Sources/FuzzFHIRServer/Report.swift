import Foundation

/// What the run tells: findings are to be seen when they are made, so nothing is held back.
enum Report {
    static func line(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}
