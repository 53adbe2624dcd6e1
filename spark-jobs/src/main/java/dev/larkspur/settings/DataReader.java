package dev.larkspur.settings;

import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.MixedSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads what of {@code data} depends on several settings. */
final class DataReader {
  private static final String GROUP = "data";

  private record LimitKeys(
      @Setting(least = 0, most = Long.MAX_VALUE) long records,
      @Setting(least = 0, most = 1) OptionalDouble share,
      @Setting(least = 0) int damages,
      @Setting(
              key = ".data.max-document-bytes",
              bytes = true,
              least = 1,
              most = RejectionLimits.MOST_DOCUMENT_BYTES)
          OptionalLong documentBytes) {}

  private final Values values;

  DataReader(Values values) {
    this.values = values;
  }

  /** Empty if a part is wrong. */
  Optional<DataSettings> read() {
    return new RecordReader(values)
        .with(DocumentFields.class, group -> fields(values, group))
        .with(RejectionLimits.class, this::limits)
        .with(CurationSettings.class, group -> Optional.of(new CurationReader(values).read()))
        .withList(MixedSource.class, key -> Optional.of(sources()))
        .read(GROUP, DataSettings.class);
  }

  /** Names of document fields, which must differ. */
  static Optional<DocumentFields> fields(Values values, String group) {
    Optional<String> content = values.text(group + ".content");
    Optional<String> url = values.text(group + ".url");
    if (content.isPresent() && content.equals(url)) {
      values.refuse(group + ".url", "is the field of the text", "name another field");
      return Optional.empty();
    }
    return content.flatMap(text -> url.map(address -> new DocumentFields(text, address)));
  }

  private List<MixedSource> sources() {
    RejectionLimits limits = limits(GROUP + ".rejected").orElse(RejectionLimits.USUAL);
    return new SourcesReader(values, limits).read();
  }

  private Optional<RejectionLimits> limits(String group) {
    return new RecordReader(values)
        .read(group, LimitKeys.class)
        .map(
            keys ->
                new RejectionLimits(
                    keys.share().isPresent() ? RejectionLimits.UNLIMITED : keys.records(),
                    keys.share().orElse(1),
                    keys.damages(),
                    keys.documentBytes().orElse(RejectionLimits.AUTOMATIC)));
  }
}
