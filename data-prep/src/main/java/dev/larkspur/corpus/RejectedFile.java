package dev.larkspur.corpus;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.document.RejectedRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** The bad records of a corpus: {@code rejected/records.jsonl}, ordered by file and position. */
final class RejectedFile {
  private static final String NAME = "rejected/records.jsonl";
  private static final JsonMapper JSON = new JsonMapper();

  private RejectedFile() {}

  /** Writes them; no file if there are none. */
  static void write(CorpusDirectory directory, List<RejectedRecord> records) throws IOException {
    if (!records.isEmpty()) {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (RejectedRecord record : records) {
        lines.write(JSON.writeValueAsBytes(record));
        lines.write('\n');
      }
      directory.write(NAME, lines.toByteArray());
    }
  }
}
