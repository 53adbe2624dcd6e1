package dev.larkspur.corpus;

import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The manifests in a corpus directory. The complete manifest with the highest number is current; a
 * last one that was truncated while being written is ignored. Any other damage is an error. A new
 * part is committed by writing the manifest of the next number, which must not exist.
 */
public final class ManifestHistory {
  private final CorpusDirectory directory;
  private final List<Integer> descending = new ArrayList<>();

  /**
   * @param names of the entries of the directory
   */
  public ManifestHistory(CorpusDirectory directory, Collection<String> names) {
    this.directory = directory;
    for (String name : names) {
      ManifestName.number(name).ifPresent(descending::add);
    }
    descending.sort((one, other) -> Integer.compare(other, one));
  }

  /** Whether there is no manifest, not even a truncated one. */
  boolean isEmpty() {
    return descending.isEmpty();
  }

  /** The current manifest. */
  Optional<CorpusManifest> newest() throws IOException {
    for (int number : descending) {
      Optional<CorpusManifest> manifest = read(number);
      if (manifest.isPresent()) {
        return manifest;
      }
    }
    return Optional.empty();
  }

  /** The manifest with a fingerprint. */
  Optional<CorpusManifest> find(String fingerprint) throws IOException {
    for (int number : descending) {
      Optional<CorpusManifest> manifest = read(number);
      if (manifest.isPresent() && manifest.get().fingerprint().equals(fingerprint)) {
        return manifest;
      }
    }
    return Optional.empty();
  }

  /** Names of truncated manifests. */
  List<String> truncated() throws IOException {
    List<String> cut = new ArrayList<>();
    for (int number : descending) {
      if (read(number).isEmpty()) {
        cut.add(ManifestName.of(number));
      }
    }
    return cut;
  }

  /** All complete manifests, newest first. */
  public List<CorpusManifest> complete() throws IOException {
    List<CorpusManifest> complete = new ArrayList<>();
    for (int number : descending) {
      read(number).ifPresent(complete::add);
    }
    return complete;
  }

  private Optional<CorpusManifest> read(int number) throws IOException {
    String name = ManifestName.of(number);
    String where = directory.path(name).toString();
    Optional<CorpusManifest> manifest = ManifestJson.read(where, directory.read(name));
    if (manifest.isEmpty() && number < descending.get(0)) {
      // A part is only added to a complete manifest, so this one was complete when the next was
      // written.
      throw ManifestJson.damaged(where, "it is truncated, and there is a later one");
    }
    if (manifest.isPresent() && manifest.get().number() != number) {
      throw new BadInputException(
          where
              + " has "
              + manifest.get().number()
              + " parts, so it is not the manifest of that number: give the files of the corpus"
              + " their own names back.");
    }
    return manifest;
  }

  /**
   * File names of the manifests of a corpus: {@code manifest.json} for the first part, then {@code
   * manifest-000002.json} and so on.
   */
  public static final class ManifestName {
    static final String FIRST = "manifest.json";
    private static final Pattern LATER = Pattern.compile("manifest-(\\d{6,9})\\.json");

    private ManifestName() {}

    public static String of(int number) {
      return number == 1 ? FIRST : "manifest-" + PaddedNumber.of(number, 6) + ".json";
    }

    /** The number in the name of a manifest; empty for any other name. */
    public static OptionalInt number(String name) {
      if (name.equals(FIRST)) {
        return OptionalInt.of(1);
      }
      Matcher matcher = LATER.matcher(name);
      return matcher.matches()
          ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
          : OptionalInt.empty();
    }

    /** Numbers in file names: ASCII digits in every locale. */
    static final class PaddedNumber {
      private PaddedNumber() {}

      static String of(int number, int digits) {
        String plain = Integer.toString(number);
        return "0".repeat(Math.max(0, digits - plain.length())) + plain;
      }
    }
  }
}
