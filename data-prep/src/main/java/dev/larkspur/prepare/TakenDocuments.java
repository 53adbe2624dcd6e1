package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.InputFile;
import dev.larkspur.corpus.SourceShare;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFile;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SkipReason;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The documents that a corpus has taken, to be read again as they were read. */
final class TakenDocuments {
  private final CorpusManifest manifest;
  private final RejectionLimits limits;
  private final List<DocumentFile> files = new ArrayList<>();
  private final List<DocumentSource> sources = new ArrayList<>();

  TakenDocuments(CorpusManifest manifest) {
    this.manifest = manifest;
    // What the corpus has tolerated is tolerated again.
    long damages = manifest.documents().skipped().getOrDefault(SkipReason.DAMAGED, 0L);
    this.limits = new RejectionLimits(RejectionLimits.UNLIMITED, Math.toIntExact(damages));
  }

  /** Those in files of certain formats. */
  DocumentSet among(List<DocumentFormat> formats) {
    for (CorpusPart part : manifest.parts()) {
      if (part.sources().isEmpty()) {
        add(part.inputs(), part.format(), fields(), formats);
      }
      int first = 0;
      for (SourceShare source : part.sources()) {
        List<InputFile> own = part.inputs().subList(first, first + source.files());
        add(own, source.format(), source.fields(), formats);
        first += source.files();
      }
    }
    return DocumentSet.of(files, sources);
  }

  private void add(
      List<InputFile> inputs,
      DocumentFormat format,
      DocumentFields fields,
      List<DocumentFormat> formats) {
    List<InputFile> readable =
        inputs.stream().filter(input -> formats.contains(format.of(input.file()))).toList();
    if (!readable.isEmpty()) {
      for (InputFile input : readable) {
        files.add(new DocumentFile(input.file(), input.bytes(), sources.size()));
      }
      List<String> paths = readable.stream().map(InputFile::file).toList();
      sources.add(new DocumentSource(paths, format, fields, limits));
    }
  }

  private DocumentFields fields() {
    Map<String, String> recipe = manifest.recipe();
    return new DocumentFields(
        recipe.getOrDefault("fields.content", DocumentFields.REFINED_WEB.content()),
        recipe.getOrDefault("fields.url", DocumentFields.REFINED_WEB.url()));
  }
}
