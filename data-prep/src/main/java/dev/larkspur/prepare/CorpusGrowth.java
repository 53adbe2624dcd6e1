package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Determines what a run has to add to an existing corpus. */
final class CorpusGrowth {
  private final PrepareSettings settings;
  private final TokenizerIdentity tokenizer;
  private final Map<String, String> recipe;

  /**
   * @param recipe other settings that decide on the documents, by name
   */
  CorpusGrowth(PrepareSettings settings, TokenizerIdentity tokenizer, Map<String, String> recipe) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.recipe = new TreeMap<>(recipe);
  }

  /**
   * The inputs that the corpus does not contain yet. A file is recognised by path, length and
   * version; one that was touched, moved or copied, by its content.
   *
   * @throws BadInputException if the corpus was built with other settings, or one of its files has
   *     changed
   */
  List<InputFile> newInputs(
      CorpusManifest manifest, List<InputFile> inputs, ContentHashes contents) {
    requireSameSettings(manifest);
    Map<String, InputFile> taken = new HashMap<>();
    Set<Content> versions = new HashSet<>();
    Map<Long, Set<String>> hashes = new HashMap<>();
    for (InputFile input : manifest.inputs()) {
      taken.put(input.file(), input);
      if (input.versionIsContent()) {
        versions.add(new Content(input.bytes(), input.version()));
      }
      if (!input.sha256().isEmpty()) {
        hashes.computeIfAbsent(input.bytes(), length -> new HashSet<>()).add(input.sha256());
      }
    }
    List<InputFile> unknown = new ArrayList<>();
    for (InputFile input : inputs) {
      InputFile before = taken.get(input.file());
      boolean known =
          before == null
              ? versions.contains(new Content(input.bytes(), input.version()))
              : before.isUnchanged(input);
      if (!known) {
        unknown.add(input);
      }
    }
    Map<String, String> read =
        contents.of(unknown.stream().filter(input -> hashes.containsKey(input.bytes())).toList());
    List<InputFile> added = new ArrayList<>();
    for (InputFile input : unknown) {
      InputFile before = taken.get(input.file());
      String hash = read.getOrDefault(input.file(), "");
      boolean same =
          before == null
              ? hashes.getOrDefault(input.bytes(), Set.of()).contains(hash)
              : !hash.isEmpty() && hash.equals(before.sha256());
      if (!same && before != null) {
        throw changed(before, input);
      }
      if (!same) {
        added.add(input);
      }
    }
    return added;
  }

  private record Content(long bytes, String version) {}

  private BadInputException changed(InputFile before, InputFile now) {
    return new BadInputException(
        now.file()
            + " has changed since "
            + settings.corpus()
            + " took it: it had "
            + before.bytes()
            + " bytes ("
            + before.version()
            + ") and has "
            + now.bytes()
            + " ("
            + now.version()
            + "). Give new documents a new file name, or choose another corpus directory.");
  }

  private void requireSameSettings(CorpusManifest manifest) {
    List<String> differences = new ArrayList<>();
    compare(differences, "context", manifest.context(), settings.blocks().context());
    compare(differences, "seed", manifest.seed(), settings.blocks().seed());
    compare(
        differences,
        "validation fraction",
        manifest.validationFraction(),
        settings.blocks().validationFraction());
    if (!manifest.tokenizer().sameIds(tokenizer)) {
      differences.add("tokenizer " + name(manifest.tokenizer()) + " instead of " + name(tokenizer));
    }
    Set<String> decisions = new TreeSet<>(manifest.recipe().keySet());
    decisions.addAll(recipe.keySet());
    for (String decision : decisions) {
      compare(
          differences,
          decision,
          manifest.recipe().getOrDefault(decision, "off"),
          recipe.getOrDefault(decision, "off"));
    }
    if (!differences.isEmpty()) {
      throw new BadInputException(
          settings.corpus()
              + " already contains a corpus that was built with "
              + String.join(", ", differences)
              + ": choose another corpus directory, or delete this one to prepare it again.");
    }
  }

  private static void compare(List<String> differences, String what, Object before, Object now) {
    if (!Objects.equals(before, now)) {
      differences.add(what + " " + before + " instead of " + now);
    }
  }

  private static String name(TokenizerIdentity identity) {
    return identity.sha256().isEmpty()
        ? identity.name()
        : identity.name() + " (sha256 " + identity.sha256().substring(0, 12) + ")";
  }
}
