package dev.larkspur.corpus;

import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;

/** What is in the corpus directory before a run: nothing, a corpus, or the rest of a killed run. */
final class Leftovers {
  private static final Pattern OURS =
      Pattern.compile(
          "(train|val)-\\d{5,6}\\.parquet|manifest\\.json|tokenizer\\.json|rejected|dropped");

  private final CorpusDirectory directory;
  private final Set<String> names;

  Leftovers(CorpusDirectory directory) throws IOException {
    this.directory = directory;
    this.names = directory.list().keySet();
  }

  /** The manifest, or null if there is none or it was cut off while it was written. */
  CorpusManifest manifest() throws IOException {
    if (!names.contains(CorpusDirectory.MANIFEST)) {
      return null;
    }
    byte[] json = directory.read(CorpusDirectory.MANIFEST);
    try {
      return ManifestJson.read(directory.path(CorpusDirectory.MANIFEST).toString(), json);
    } catch (IOException cut) {
      return null;
    }
  }

  void refuseForeignFiles() {
    for (String name : names) {
      if (!OURS.matcher(name).matches()) {
        throw new CorpusException(
            directory
                + " holds "
                + name
                + ", which is not of a corpus: choose an empty or new corpus directory.");
      }
    }
  }

  void delete() throws IOException {
    for (String name : names) {
      directory.delete(name);
    }
  }
}
