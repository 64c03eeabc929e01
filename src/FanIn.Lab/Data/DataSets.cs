namespace FanIn.Lab;

/// <summary>
/// The catalogue of data sets: small real ones that are built in, well-known ones from a folder, and a user's own CSV
/// file or folder of class folders. Everything but texts in tokens comes standardized.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>digits</term><description>Handwritten digits, 8x8 (Alpaydin, Kaynak 1998): 1,437 training and 360 test
/// images, 10 classes.</description></item>
/// <item><term>fashion14</term><description>Fashion-MNIST (Xiao et al. 2017) pooled to 14x14: 8,000 and 2,000 images,
/// 10 classes.</description></item>
/// <item><term>names</term><description>English first names by gender: 8,008 texts, 2 classes.</description></item>
/// <item><term>languages</term><description>Eight running words of the Universal Declaration of Human Rights in one of
/// 19 languages in Latin script: 3,957 texts.</description></item>
/// <item><term>fashion-mnist</term><description>The whole set, 28x28, from its four IDX files, plain or gzipped; Debian's
/// package is found by itself.</description></item>
/// <item><term>spam-assassin</term><description>Mail, ham or spam, from the folders of the SpamAssassin public
/// corpus.</description></item>
/// <item><term>FILE.csv, FILE.csv.gz</term><description>Numbers, and in the last column the class.</description></item>
/// <item><term>a folder</term><description>A folder for each class with images (.png, .jpg, .jpeg) or texts (.txt); or
/// <c>train</c> and <c>test</c> with these in each.</description></item>
/// </list>
/// Where a set has no test part of its own, every fifth example of each class is held out, in the order of the file;
/// equal inputs stay on one side.
/// </remarks>
public static class DataSets
{
    /// <summary>Names that <see cref="Load"/> knows, beside paths.</summary>
    public static IReadOnlyList<string> Names { get; } =
        Array.AsReadOnly(["digits", "fashion14", "names", "languages", "fashion-mnist", "spam-assassin"]);

    /// <summary>Loads a data set by name, or a CSV file or folder by its path. The same files give the same data.</summary>
    /// <exception cref="DataFormatException">
    /// The name is unknown, a file or folder is missing or wrong, or an option doesn't fit the data.
    /// </exception>
    public static DataSet Load(string name, DataOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= new DataOptions();
        if (options.Folder is not null && name is not ("fashion-mnist" or "spam-assassin"))
        {
            throw new DataFormatException($"'{name}' doesn't read a data folder; fashion-mnist and spam-assassin do.");
        }
        return name switch
        {
            "digits" => Numbers(Digits(), options),
            "fashion14" => Numbers(FashionMnist.LoadSmall(), options),
            "fashion-mnist" => Numbers(FashionMnist.LoadFolder(options.Folder), options),
            "names" => Text(name, TextCorpus.ReadTabSeparated(DataSource.Embedded("first-names.tsv.gz")), options),
            "languages" => Text(name, TextCorpus.ReadTabSeparated(DataSource.Embedded("languages.tsv.gz")), options),
            "spam-assassin" => Text(name, ClassFolder.LoadSpamAssassin(options.Folder), options),
            _ => LoadPath(name, options),
        };
    }

    private static DataSet LoadPath(string path, DataOptions options)
    {
        if (Directory.Exists(path))
        {
            return ClassFolder.HasImages(path)
                ? Numbers(ClassFolder.LoadImages(path), options)
                : Text(ClassFolder.NameOf(path), ClassFolder.LoadTexts(path), options);
        }
        if (
            path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase)
        )
        {
            var table = Csv.Read(DataSource.File(path));
            return Numbers(table.ToDataSet(path, Path.GetFileName(path), InputKind.Vector, [table.Columns]), options);
        }
        if (File.Exists(path))
        {
            throw new DataFormatException($"'{path}' is neither a folder nor a file that ends in .csv or .csv.gz.");
        }
        throw path.AsSpan().ContainsAny('/', '\\')
            ? new DataFormatException($"There is no file or folder '{path}'.")
            : Unknown(path);
    }

    private static DataSet Numbers(DataSet data, DataOptions options)
    {
        if (options.Text is not null || options.TextLength is not null)
        {
            throw new DataFormatException($"'{data.Name}' holds no texts, so they can't become a bag or tokens.");
        }
        return (options.ImageSide is int side ? MeanPool.To(data, side) : data).Standardized();
    }

    /// <summary>Tf-idf rows keep their own scale: standardizing would make their many zeros into numbers.</summary>
    private static DataSet Text(string name, TextCorpus corpus, DataOptions options)
    {
        if (options.ImageSide is int side)
        {
            throw new DataFormatException($"'{name}' has no images, so they can't be pooled to {side}x{side}.");
        }
        if (options.TextLength is < 1 or > TextFeatures.LongestText)
        {
            throw new DataFormatException(
                $"A text can't be {options.TextLength} tokens long; 1 to {TextFeatures.LongestText} can."
            );
        }
        return corpus.ToDataSet(name, options);
    }

    private static DataSet Digits()
    {
        var source = DataSource.Embedded("digits.csv.gz");
        return Csv.Read(source).ToDataSet(source.Name, "digits", InputKind.Image, [1, 8, 8]);
    }

    private static DataFormatException Unknown(string name) =>
        new(
            $"There is no data set '{name}'; known are {string.Join(", ", Names)}, a CSV file that ends in .csv or "
                + ".csv.gz, and a folder of class folders."
        );
}
