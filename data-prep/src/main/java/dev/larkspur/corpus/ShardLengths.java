package dev.larkspur.corpus;

import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;

/** Compares the files of a corpus directory with the manifest by name and length. */
public final class ShardLengths {
  private ShardLengths() {}

  public static void check(CorpusDirectory directory, CorpusManifest manifest) throws IOException {
    Map<String, FileStatus> entries = directory.list();
    for (Split split : Split.values()) {
      for (Shard shard : manifest.split(split).shards()) {
        FileStatus entry = entries.get(shard.file());
        if (entry == null) {
          throw damaged(directory.path(shard.file()) + " is missing");
        }
        if (entry.getLen() != shard.bytes()) {
          throw damaged(
              directory.path(shard.file())
                  + " has "
                  + entry.getLen()
                  + " bytes instead of "
                  + shard.bytes());
        }
      }
    }
  }

  private static BadInputException damaged(String what) {
    return new BadInputException(what + Damage.REMEDY);
  }
}
