using System.Text;

namespace FanIn.Lab;

/// <summary>
/// A folder that holds a folder for each class, or folders <c>train</c> and <c>test</c> that do. All files are images
/// or all are texts; files of other kinds are passed over.
/// </summary>
internal static class ClassFolder
{
    private const int MaxFiles = 1 << 18;
    private const long MaxTextBytes = 1 << 24;

    private static readonly string[] s_imageEndings = [".png", ".jpg", ".jpeg"];
    private static readonly string[] s_textEndings = [".txt"];

    /// <summary>One example: its file, its class and, if the folder has parts of its own, whether it is for testing.</summary>
    private readonly record struct Entry(string Path, string Label, bool IsTest);

    public static bool HasImages(string folder) => Guard(folder, () => FirstOf(folder, s_imageEndings)) is not null;

    public static DataSet LoadImages(string folder)
    {
        // First: a class folder of texts alone would look like one without images.
        if (Guard(folder, () => FirstOf(folder, s_textEndings)) is string text)
        {
            throw new DataFormatException(
                $"The class folders of '{folder}' mix images and texts ('{text}', for one); expected one kind."
            );
        }
        List<Entry> entries = List(folder, s_imageEndings);
        (int[] shape, float[] pixels) = ImageFiles.Read([.. entries.Select(entry => entry.Path)]);
        int size = shape.Aggregate(1, (product, dimension) => product * dimension);
        var digests = new UInt128[entries.Count];
        for (int i = 0; i < digests.Length; i++)
        {
            digests[i] = Split.Digest(pixels.AsSpan(i * size, size));
        }
        return LabelledData
            .Create(folder, [.. entries.Select(entry => entry.Label)], digests, GivenSplit(entries))
            .ToDataSet(NameOf(folder), InputKind.Image, shape, pixels);
    }

    /// <summary>
    /// Images in a folder, or in a folder for each class, and the class of each; at most so many, of each class as many.
    /// </summary>
    public static (string[] Paths, string[] Labels) ImagesOf(string folder, int most)
    {
        string[] loose = Guard<string[]>(
            folder,
            () => [.. Files(folder, s_imageEndings, deep: false).Order(StringComparer.Ordinal)]
        );
        if (loose.Length > 0)
        {
            return ([.. loose.Take(most)], [.. loose.Take(most).Select(_ => "")]);
        }
        IGrouping<string, Entry>[] classes = [.. List(folder, s_imageEndings).GroupBy(entry => entry.Label)];
        Entry[] chosen =
        [
            .. classes
                .SelectMany(group => group.Select((entry, i) => (Turn: i, Entry: entry)))
                .OrderBy(image => image.Turn)
                .Take(most)
                .Select(image => image.Entry),
        ];
        return ([.. chosen.Select(entry => entry.Path)], [.. chosen.Select(entry => entry.Label)]);
    }

    public static TextCorpus LoadTexts(string folder)
    {
        List<Entry> entries = List(folder, s_textEndings);
        return new TextCorpus(
            folder,
            [.. entries.Select(entry => ReadText(entry.Path))],
            [.. entries.Select(entry => entry.Label)],
            GivenSplit(entries)
        );
    }

    /// <summary>
    /// The SpamAssassin public mail corpus: folders such as <c>easy-ham-1</c> and <c>spam-2</c>, a mail a .txt file in
    /// Latin-1. Only the body counts: the head names mailing lists and the collectors' machines, which tell the folder
    /// rather than the kind.
    /// </summary>
    public static TextCorpus LoadSpamAssassin(string? folder)
    {
        if (folder is null)
        {
            throw new DataFormatException(
                "The data set spam-assassin needs the folder that holds its folders easy-ham-1, hard-ham-1, spam-1 and so "
                    + "on."
            );
        }
        string[] folders = Guard(folder, () => Subfolders(folder));
        if (folders.Any(path => NameOf(path) == "data"))
        {
            folder = Path.Combine(folder, "data");
            folders = Guard(folder, () => Subfolders(folder));
        }
        var paths = new List<string>();
        var labels = new List<string>();
        foreach (string path in folders)
        {
            string? kind = NameOf(path) switch
            {
                var name when name.StartsWith("spam", StringComparison.Ordinal) => "spam",
                var name when name.Contains("ham", StringComparison.Ordinal) => "ham",
                _ => null,
            };
            if (kind is not null)
            {
                paths.AddRange(FilesOfClass(path, s_textEndings));
                labels.AddRange(Enumerable.Repeat(kind, paths.Count - labels.Count));
            }
        }
        if (labels.Distinct(StringComparer.Ordinal).Count() < 2)
        {
            throw new DataFormatException(
                $"'{folder}' doesn't hold the SpamAssassin corpus: expected folders with 'ham' in their names and others "
                    + "that begin with 'spam', found "
                    + (folders.Length == 0 ? "none." : string.Join(", ", folders.Take(5).Select(NameOf)) + ".")
            );
        }
        return new TextCorpus(folder, [.. paths.Select(path => BodyOf(ReadText(path, Encoding.Latin1)))], labels);
    }

    public static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    private static List<Entry> List(string folder, string[] endings) =>
        Guard(
            folder,
            () =>
            {
                string[] classes = Subfolders(folder);
                bool hasParts = classes.Length == 2 && NameOf(classes[0]) == "test" && NameOf(classes[1]) == "train";
                if (classes.Length == 0)
                {
                    throw new DataFormatException(
                        $"'{folder}' has no folders in it; expected one for each class, with images (.png, .jpg, .jpeg) "
                            + "or texts (.txt)."
                    );
                }
                List<Entry> entries = [];
                foreach (string path in hasParts ? classes.SelectMany(Subfolders) : classes)
                {
                    bool isTest = hasParts && NameOf(Path.GetDirectoryName(path)!) == "test";
                    entries.AddRange(FilesOfClass(path, endings).Select(file => new Entry(file, NameOf(path), isTest)));
                    if (entries.Count > MaxFiles)
                    {
                        throw new DataFormatException($"'{folder}' holds more than {MaxFiles} files.");
                    }
                }
                return entries.Count > 0
                    ? entries
                    : throw new DataFormatException($"The folders train and test of '{folder}' have no class folders.");
            }
        );

    private static string[] FilesOfClass(string folder, string[] endings)
    {
        string[] files = [.. Files(folder, endings, deep: false).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new DataFormatException(
                $"The class folder '{folder}' is empty: expected files that end in {string.Join(", ", endings)}."
            );
    }

    private static IEnumerable<string> Files(string folder, string[] endings, bool deep) =>
        Directory
            .EnumerateFiles(
                folder,
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = deep,
                    MaxRecursionDepth = 1,
                    IgnoreInaccessible = false,
                }
            )
            .Where(path => endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    /// <summary>In the class folders, that is: a picture or a read-me beside them says nothing about the data.</summary>
    private static string? FirstOf(string folder, string[] endings) =>
        Subfolders(folder).SelectMany(path => Files(path, endings, deep: true)).FirstOrDefault();

    private static string[] Subfolders(string folder) =>
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Where(path => !NameOf(path).StartsWith('.'))
                .Order(StringComparer.Ordinal),
        ];

    private static Split? GivenSplit(List<Entry> entries) =>
        entries.Exists(entry => entry.IsTest)
            ? new Split(
                [.. Enumerable.Range(0, entries.Count).Where(i => !entries[i].IsTest)],
                [.. Enumerable.Range(0, entries.Count).Where(i => entries[i].IsTest)]
            )
            : null;

    /// <summary>If no encoding is given: UTF-8, or Latin-1 where the bytes aren't UTF-8.</summary>
    private static string ReadText(string path, Encoding? encoding = null)
    {
        byte[] bytes = DataSource.File(path).ReadAll(MaxTextBytes);
        encoding ??= System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1;
        string text = encoding.GetString(bytes).TrimStart('\uFEFF');
        return string.IsNullOrWhiteSpace(text) ? throw new DataFormatException($"'{path}' is empty.") : text;
    }

    private static string BodyOf(string mail)
    {
        string lines = mail.ReplaceLineEndings("\n");
        int blank = lines.IndexOf("\n\n", StringComparison.Ordinal);
        string body = blank < 0 ? "" : lines[(blank + 2)..];
        return string.IsNullOrWhiteSpace(body) ? lines : body;
    }

    private static T Guard<T>(string folder, Func<T> read)
    {
        if (!Directory.Exists(folder))
        {
            throw new DataFormatException($"There is no folder '{folder}'.");
        }
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException($"'{folder}' can't be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }
}
