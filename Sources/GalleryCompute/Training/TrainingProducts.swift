import GalleryDatabase
package import GalleryHub
import GalleryModel

extension Training {
    /// The model that an order reserved goes with a run that ends without having put anything into it, and is reserved again
    /// when the run goes on: refused where the name was given to something else meanwhile.
    package static func observer(_ repositories: Repositories) -> RunObserver {
        { run, before, db in
            guard run.kind == .fineTune, let product = run.writes, let tune = try db.fineTune(run.id),
                let name = tune.product.name.split(separator: "/").last.map(String.init)
            else { return }
            if run.state == .failed || run.state == .stopped {
                _ = try repositories.discard(reserved: product, named: name, db)
            } else if before.isOver, tune.product.id == nil, let owner = try db.viewerAccount(run.account) {
                let new = NewRepository(kind: .model, name: name, visibility: .owner)
                _ = try repositories.create(new, as: product, by: Viewer(account: owner), db)
                try db.execute("UPDATE fine_tunes SET product = \(product) WHERE run = \(run.id)")
            }
        }
    }
}
