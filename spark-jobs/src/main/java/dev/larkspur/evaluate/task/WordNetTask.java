package dev.larkspur.evaluate.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A task made of WordNet's definitions in the validation split of a corpus, none of which a model
 * has been trained on: which of four words has this definition? The other three are of the same
 * part of speech. The same corpus gives the same task.
 */
public final class WordNetTask {
  private static final int QUESTIONS = 200;
  private static final int CHOICES = 4;
  private static final long SEED = 1;

  /** The beginning of {@code larkspur (noun, plant): any of numerous … Kind of: delphinium.} */
  private static final Pattern ENTRY =
      Pattern.compile(
          "(?<head>[^\\n]+? \\((?<speech>noun|verb|adjective|adverb)(?:, [a-z]+)?\\):) "
              + "(?<definition>[^\\n]+?\\.)(?: (?:For example|Kind of|Instance of): [^\\n]*)?");

  private static final ObjectMapper JSON = new ObjectMapper();

  private WordNetTask() {}

  /**
   * The task as JSON lines of {@link TaskFormat#CONTEXTS}.
   *
   * @throws BadInputException if the validation split has too few of WordNet's entries
   */
  public static String of(Corpus corpus) {
    List<Entry> entries = heldOut(corpus);
    Map<String, List<Entry>> bySpeech =
        entries.stream()
            .collect(Collectors.groupingBy(Entry::speech, LinkedHashMap::new, Collectors.toList()));
    bySpeech.values().removeIf(same -> same.size() < CHOICES);
    if (bySpeech.isEmpty()) {
      throw new BadInputException(
          "the validation split of %s has %,d entries of WordNet, too few for a task: name a corpus of the documents of sample-corpus"
              .formatted(corpus.path(), entries.size()));
    }
    SplittableRandom random = new SplittableRandom(SEED);
    return entries.stream()
        .filter(entry -> bySpeech.containsKey(entry.speech()))
        .limit(QUESTIONS)
        .map(entry -> question(entry, bySpeech.get(entry.speech()), random))
        .collect(Collectors.joining());
  }

  private static String question(Entry entry, List<Entry> same, SplittableRandom random) {
    Set<String> heads = new LinkedHashSet<>(Set.of(entry.head()));
    while (heads.size() < CHOICES) {
      heads.add(same.get(random.nextInt(same.size())).head());
    }
    List<String> contexts = new ArrayList<>(heads);
    int answer = random.nextInt(CHOICES);
    contexts.set(0, contexts.get(answer));
    contexts.set(answer, entry.head());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("contexts", contexts);
    fields.put("continuation", entry.definition());
    fields.put("answer", answer);
    try {
      return JSON.writeValueAsString(fields) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and a number are JSON", e);
    }
  }

  /** The entries that are complete in a block of the validation split, each word once. */
  private static List<Entry> heldOut(Corpus corpus) {
    TokenOrder order = TokenOrder.sequential(corpus.manifest(), Split.VALIDATION);
    int[] block = new int[corpus.manifest().context() + 1];
    Map<String, Entry> entries = new LinkedHashMap<>();
    try (BlockReader reader = new BlockReader(corpus, Split.VALIDATION)) {
      for (long i = 0; i < order.blocks(); i++) {
        reader.read(order.locate(i), block, 0);
        for (String document : documents(block, corpus)) {
          Matcher entry = ENTRY.matcher(document);
          if (entry.matches()) {
            entries.putIfAbsent(
                entry.group("head"),
                new Entry(entry.group("head"), entry.group("speech"), entry.group("definition")));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(entries.values());
  }

  /** The documents that begin and end within a block. */
  private static List<String> documents(int[] block, Corpus corpus) {
    int end = corpus.tokenizer().endOfText();
    List<String> documents = new ArrayList<>();
    int begin = -1;
    for (int i = 0; i < block.length; i++) {
      if (block[i] == end) {
        if (begin >= 0) {
          documents.add(corpus.tokenizer().decode(Arrays.copyOfRange(block, begin, i)));
        }
        begin = i + 1;
      }
    }
    return documents;
  }

  /**
   * An entry of WordNet.
   *
   * @param head its words and what they are, with a colon
   * @param speech part of speech
   * @param definition with a full stop
   */
  private record Entry(String head, String speech, String definition) {}
}
