// Files that somebody chose or dropped, folders with all they hold, as { file, path }.

export function picked(input) {
  const files = [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  input.value = "";
  return files;
}

export async function dropped(transfer) {
  // The list is emptied when this function first waits, so all entries are taken at once.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const files = [];
  for (const { entry, file } of found) {
    if (entry) await walk(entry, files);
    else if (file) files.push({ file, path: file.name });
  }
  return files;
}

async function walk(entry, files) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    files.push({ file, path: entry.fullPath.replace(/^\/+/, "") });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A folder hands out its entries in portions.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const inner of entries) await walk(inner, files);
  }
}

// What systems leave in folders, and the innards of git, are no files of an asset.
const isLitter = (path) => /(^|\/)(\.git\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|__MACOSX\/)/i.test(path);

export function wanted(files) {
  const kept = files.filter(({ path }) => !isLitter(path));
  return { kept, leftOut: files.length - kept.length };
}

const EDGE = 64 << 10;

// Recognises a file when it is chosen again: its name, size and time, and a hash of its two ends.
export async function fingerprint(file) {
  const ends = [file.slice(0, EDGE), file.slice(Math.max(0, file.size - EDGE))];
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (const end of ends) {
    for (const byte of new Uint8Array(await end.arrayBuffer())) {
      low = Math.imul(low ^ byte, 2654435761);
      high = Math.imul(high ^ byte, 1597334677);
    }
  }
  const hash = (low >>> 0).toString(16) + (high >>> 0).toString(16);
  return [file.name.slice(-200), file.size, file.lastModified, hash].join("|");
}
