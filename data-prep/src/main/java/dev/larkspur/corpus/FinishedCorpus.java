package dev.larkspur.corpus;

import dev.larkspur.document.DocumentFile;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Tells whether a corpus that is already there is the one that was asked for. */
final class FinishedCorpus {
  private final PrepareSettings settings;
  private final TokenizerIdentity tokenizer;
  private final List<DocumentFile> inputs;
  private final Map<String, String> recipe;

  FinishedCorpus(
      PrepareSettings settings,
      TokenizerIdentity tokenizer,
      List<DocumentFile> inputs,
      Map<String, String> recipe) {
    this.recipe = recipe;
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.inputs = inputs;
  }

  /**
   * Does nothing if the manifest is of the same settings and inputs.
   *
   * @throws CorpusException that says what differs
   */
  void check(CorpusManifest manifest) {
    List<String> differences = new ArrayList<>();
    compare(differences, "context", manifest.context(), settings.context());
    compare(differences, "seed", manifest.seed(), settings.seed());
    compare(
        differences,
        "validation fraction",
        manifest.validationFraction(),
        settings.validationFraction());
    for (Split split : Split.values()) {
      compare(
          differences,
          split == Split.TRAIN ? "training shards" : "validation shards",
          manifest.split(split).shards().size(),
          settings.shards(split));
    }
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
    compareInputs(differences, manifest.inputs());
    if (!differences.isEmpty()) {
      throw new CorpusException(
          settings.corpus()
              + " already holds a corpus made with "
              + String.join(", ", differences)
              + ": choose another corpus directory, or delete this one to prepare it anew.");
    }
  }

  private static void compare(List<String> differences, String what, Object old, Object wanted) {
    if (!Objects.equals(old, wanted)) {
      differences.add(what + " " + old + " instead of " + wanted);
    }
  }

  private static String name(TokenizerIdentity identity) {
    return identity.sha256().isEmpty()
        ? identity.name()
        : identity.name() + " (sha256 " + identity.sha256().substring(0, 12) + ")";
  }

  private void compareInputs(List<String> differences, List<DocumentFile> old) {
    List<DocumentFile> added = new ArrayList<>(inputs);
    added.removeAll(old);
    List<DocumentFile> gone = new ArrayList<>(old);
    gone.removeAll(inputs);
    if (!gone.isEmpty()) {
      differences.add(describe(gone) + " that is not among the documents now");
    } else if (!added.isEmpty()) {
      differences.add("documents that did not include " + describe(added));
    }
  }

  private static String describe(List<DocumentFile> files) {
    DocumentFile first = files.get(0);
    String rest = files.size() == 1 ? "" : " and " + (files.size() - 1) + " more";
    return "the file " + first.file() + " of " + first.bytes() + " bytes" + rest;
  }
}
