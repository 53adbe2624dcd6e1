package dev.larkspur.prepare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import dev.larkspur.storage.WrittenFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * The bad records of one part of a corpus, ordered by file and position: {@code
 * rejected/records.jsonl} of the first part, {@code rejected/000002/records.jsonl} of the second.
 */
final class RejectedFile {
  private static final String NAME = "/records.jsonl";
  private static final JsonMapper JSON = new JsonMapper();

  private RejectedFile() {}

  /** Writes them; no file if there are none. */
  static List<WrittenFile> write(CorpusDirectory directory, int part, List<RejectedRecord> records)
      throws IOException {
    if (records.isEmpty()) {
      return List.of();
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (RejectedRecord record : records) {
      lines.write(JSON.writeValueAsBytes(record));
      lines.write('\n');
    }
    String name = CorpusDirectory.ofPart(CorpusDirectory.REJECTED, part) + NAME;
    directory.createNew(name, lines.toByteArray());
    return List.of(WrittenFile.of(name, lines.toByteArray()));
  }
}
