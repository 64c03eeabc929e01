using System.IO.Compression;
using System.Text;

namespace FanIn.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    [Theory]
    [InlineData("compre", "unknown command 'compre'; did you mean 'compare'?")]
    [InlineData("--versoin", "did you mean '--version'?")]
    [InlineData("compare extra", "'extra'")]
    [InlineData("compare --stps 4", "did you mean '--steps'?")]
    [InlineData("compare --stps=4", "did you mean '--steps'?")]
    [InlineData("compare --init zeros --stps 4", "did you mean '--steps'?")]
    [InlineData("compare @file", "'@file'")]
    [InlineData("compare --init --steps 4", "--init needs a value: --init I ...")]
    [InlineData("compare --fresh=perhaps", "'perhaps'")]
    [InlineData("compare --learning-rate 1..0:3", "'1..0:3' must be a number above 0")]
    [InlineData("compare --seeds 1 --seeds 2", "--seeds is given 2 times")]
    [InlineData("compare --preset he2105", "did you mean 'he2015'?")]
    [InlineData("compare --preset nothing-like-it", "known are: quickstart, he2015")]
    [InlineData("compare --task digit", "did you mean 'digits'?")]
    [InlineData("compare --task digits --preset he2015", "leave out --preset or --task")]
    [InlineData("compare --data .", "'quickstart'", "leave out --data")]
    [InlineData("compare --task digits --data .", "'digits'")]
    [InlineData("compare --network mpl:3x8:relu", "did you mean 'mlp'?")]
    [InlineData("compare --network mlp:3x8:rlu", "did you mean 'relu'?")]
    [InlineData("compare --network mlp:3x8", "lacks its activation", "mlp:30x64:relu")]
    [InlineData("compare --network mlp:0x8:relu", "1 to 1000")]
    [InlineData("compare --network mlp:3x8x2:relu", "layers x width")]
    [InlineData("compare --network mlp:3x8:glu", "glu")]
    [InlineData("compare --network lenet:8:relu --task names", "'names' holds vectors", "mlp:30x64:relu would fit")]
    [InlineData("compare --network mlp:1000x4096:relu --optimizer adam --batch 1000000", "GB of memory")]
    [InlineData("compare --network transformer:1000x4096:gelu --task names", "GB of memory")]
    [InlineData("compare --network transformer:2x8:gelu:scald", "did you mean 'scaled'?")]
    [InlineData("compare --network resnet:51:relu", "18, 34, 50, 101, 152")]
    [InlineData("compare --task digits --network text:4x64:relu", "reads texts, but 'digits' holds images")]
    [InlineData("compare --module Net", "--module needs --assembly")]
    [InlineData("compare --assembly X.dll --network mlp:3x8:relu", "leave out --network or --assembly")]
    [InlineData("compare --assembly nowhere/X.dll", "There is no file 'nowhere/X.dll'")]
    [InlineData("compare --init he_norml", "did you mean 'he_normal'?")]
    [InlineData("compare --init zeros zeros", "zeros twice")]
    [InlineData("compare --init normal(std=abc)", "std of initializer 'normal': 'abc' is not a number")]
    [InlineData("compare --init normal(std=-1)", "std=-1")]
    [InlineData("compare --init normal(stdd=1)", "did you mean 'std'?")]
    [InlineData("compare --init normal(", "parenthesis")]
    [InlineData("compare --seeds 0", "--seeds must be a whole number from 1 to 1000, not '0'")]
    [InlineData("compare --seeds -1", "not '-1'")]
    [InlineData("compare --seeds x", "not 'x'")]
    [InlineData("compare --seeds 1e99", "not '1e99'")]
    [InlineData("compare --seed 1.5", "--seed must be a whole number")]
    [InlineData("compare --order-seed 18446744073709551616", "--order-seed must be a whole number")]
    [InlineData("compare --steps 0", "--steps must be a whole number")]
    [InlineData("compare --batch 0", "--batch must be a whole number")]
    [InlineData("compare --learning-rate 1e300", "must be a number above 0 and within float32")]
    [InlineData("compare --learning-rate abc", "'abc' must be a number above 0")]
    [InlineData("compare --learning-rate 0", "'0' must be a number above 0")]
    [InlineData("compare --learning-rate -1", "'-1' must be a number above 0")]
    [InlineData("compare --learning-rate nan", "'nan' must be a number above 0")]
    [InlineData("compare --learning-rate 1..0.1:3", "from a lower to a higher rate")]
    [InlineData("compare --learning-rate 1e-3..1e-1", "how many rates")]
    [InlineData("compare --learning-rate 1e-3..1e-1:1", "2 to 100")]
    [InlineData("compare --learning-rate 1..1.0001:9", "same to three digits")]
    [InlineData("compare --optimizer adm", "did you mean 'adam'?")]
    [InlineData("compare --target-loss x", "--target-loss must be a number above 0")]
    [InlineData("compare --target-loss inf", "--target-loss must be a number above 0")]
    [InlineData("compare --preset he2015 --data no/such/folder", "'no/such/folder'", "four IDX files")]
    [InlineData("compare --task no/such.csv", "no/such.csv")]
    [InlineData("compare --json no/such/folder/results.json", "no folder")]
    public async Task IsRefusedInASentence(string commandLine, params string[] says)
    {
        bool takesOut = commandLine.StartsWith("compare ", StringComparison.Ordinal);
        string[] args = [.. commandLine.Split(' '), .. takesOut ? ["--out", _fanin.Out] : Array.Empty<string>()];

        Answer answer = await Fanin.RunAsync(args);

        answer.IsRefusal(says);
        NothingIsLeft();
    }

    [Theory]
    [InlineData("--preset", "--preset needs a value: --preset P")]
    [InlineData("--init", "--init needs a value: --init I ...")]
    [InlineData("--json", "--json needs a value: --json FILE")]
    public async Task AMissingValueIsRefused(string option, string says)
    {
        Answer answer = await Fanin.RunAsync("compare", option);

        answer.IsRefusal(says);
    }

    [Theory]
    [InlineData("--preset", "unknown preset ''")]
    [InlineData("--task", "unknown task ''")]
    [InlineData("--network", "unknown network ''")]
    [InlineData("--init", "unknown initializer ''")]
    [InlineData("--out", "--out needs the name of a folder")]
    [InlineData("--json", "--json needs the name of a file")]
    [InlineData("--seeds", "--seeds must be a whole number")]
    [InlineData("--data", "leave out --data")]
    public async Task AnEmptyValueIsRefused(string option, string says)
    {
        Answer answer = await Fanin.RunAsync(["compare", option, ""]);

        answer.IsRefusal(says);
    }

    [Theory]
    [InlineData("ragged.csv", "1,2,a\n3,b\n", "Line 2", "2 columns")]
    [InlineData("words.csv", "1,2,a\n3,four,b\n", "Line 2, column 2", "'four'", "expected a finite number")]
    [InlineData("empty.csv", "", "empty")]
    [InlineData("one-class.csv", "1,2,a\n3,4,a\n", "class")]
    [InlineData("notgzip.csv.gz", "1,2,a\n3,4,b\n5,6,a\n7,8,b\n", "isn't a gzip file", "1f 8b")]
    public async Task ATableThatIsWrongIsNamed(string name, string content, params string[] says)
    {
        string path = _fanin.Write(name, content);

        Answer answer = await Fanin.RunAsync(["compare", "--task", path, "--out", _fanin.Out]);

        answer.IsRefusal([name, .. says]);
        Assert.False(Directory.Exists(_fanin.Out));
    }

    [Fact]
    public async Task ACutOffGzipFileIsNamed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"{i},{i * i},a\n"))));
        }
        string path = _fanin.Write("cut.csv.gz", packed.ToArray()[..^40]);

        Answer answer = await Fanin.RunAsync(["compare", "--task", path, "--out", _fanin.Out]);

        answer.IsRefusal("cut.csv.gz");
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0 }, "cut off", "16 bytes, 6 found")]
    [InlineData(
        new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2 },
        "isn't an IDX file of images",
        "0x00000803"
    )]
    [InlineData(
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3 },
        "2x2x2",
        "8 bytes, but 3 bytes"
    )]
    public async Task AnIdxFileThatIsWrongIsNamed(byte[] images, params string[] says)
    {
        _fanin.Write("data/train-images-idx3-ubyte", images);
        _fanin.Write("data/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);

        Answer answer = await Fanin.RunAsync([
            "compare",
            "--preset",
            "he2015",
            "--data",
            Path.Combine(_fanin.Folder, "data"),
            "--out",
            _fanin.Out,
        ]);

        answer.IsRefusal(["train-images-idx3-ubyte", .. says]);
        Assert.False(Directory.Exists(_fanin.Out));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/below")]
    public async Task AnOutputFolderThatCannotBeIsFoundBeforeTraining(string output)
    {
        _fanin.Write("file", "mine");

        Answer answer = await Fanin.RunAsync(["compare", "--out", Path.Combine(_fanin.Folder, output)]);

        answer.IsRefusal("output folder", "--out");
        Assert.Equal(
            "mine",
            await File.ReadAllTextAsync(Path.Combine(_fanin.Folder, "file"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task AForeignStoreIsLeftAlone()
    {
        string store = _fanin.Write("out/trials.db", new string('x', 5000));

        Answer answer = await Fanin.RunAsync(["compare", "--out", _fanin.Out, "--fresh"]);

        answer.IsRefusal("trials.db");
        Assert.Equal(5000, new FileInfo(store).Length);
    }

    [Fact]
    public async Task AJsonFileThatCannotBeIsFoundBeforeTraining()
    {
        Answer answer = await Fanin.RunAsync(["compare", "--json", _fanin.Folder, "--out", _fanin.Out]);

        answer.IsRefusal("is a folder");
        NothingIsLeft();
    }

    private void NothingIsLeft() => Assert.Empty(Directory.EnumerateFileSystemEntries(_fanin.Folder));
}
