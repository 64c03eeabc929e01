using System.Text;

namespace FanIn.Lab;

/// <summary>Texts and the class name of each, before they become numbers.</summary>
/// <param name="Source">The file or folder, for messages.</param>
/// <param name="Texts">One text an example.</param>
/// <param name="Labels">The class name of each.</param>
/// <param name="Given">The split that the source itself has, if any.</param>
internal sealed record TextCorpus(
    string Source,
    IReadOnlyList<string> Texts,
    IReadOnlyList<string> Labels,
    Split? Given = null
)
{
    /// <summary>One example a line, UTF-8: class name, tab, text.</summary>
    public static TextCorpus ReadTabSeparated(DataSource source)
    {
        const long Limit = 1 << 28;
        var texts = new List<string>();
        var labels = new List<string>();
        string all = Encoding.UTF8.GetString(source.ReadAll(Limit));
        foreach (ReadOnlySpan<char> line in all.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty)
            {
                continue;
            }
            int tab = line.IndexOf('\t');
            if (tab < 1 || tab == line.Length - 1)
            {
                throw new DataFormatException(
                    $"Example {texts.Count + 1} of '{source.Name}' isn't a class name, a tab and a text."
                );
            }
            labels.Add(line[..tab].ToString());
            texts.Add(line[(tab + 1)..].ToString());
        }
        return texts.Count > 0
            ? new TextCorpus(source.Name, texts, labels)
            : throw new DataFormatException($"'{source.Name}' is empty.");
    }

    public DataSet ToDataSet(string name, DataOptions options)
    {
        int[][] points = [.. Texts.Select(TextFeatures.CodePoints)];
        UInt128[] digests = [.. points.Select(text => Split.Digest(text))];
        LabelledData labelled = LabelledData.Create(Source, Labels, digests, Given);
        return (options.Text ?? (options.PrefersTokens ? TextForm.Tokens : TextForm.Bag)) == TextForm.Tokens
            ? TextFeatures.Tokens(name, labelled, points, options.TextLength)
            : TextFeatures.Bag(name, labelled, points);
    }
}
