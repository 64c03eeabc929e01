using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

public sealed class UserModuleTests : IDisposable
{
    private const string All =
        "FanIn.UserModules.Models.Twin, FanIn.UserModules.Others.Twin, FanIn.UserModules.Plain, FanIn.UserModules.Reader, FanIn.UserModules.Stateful, FanIn.UserModules.Throwing, FanIn.UserModules.Unregistered, FanIn.UserModules.Unseen, FanIn.UserModules.Wanting";

    private static readonly string s_path = Path.Combine(AppContext.BaseDirectory, "FanIn.UserModules.dll");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Plain", "FanIn.UserModules.Plain", 8, 3)]
    [InlineData("FanIn.UserModules.Plain", "FanIn.UserModules.Plain", 8, 3)]
    [InlineData("Plain.Digits", "FanIn.UserModules.Plain.Digits", 64, 10)]
    [InlineData("FanIn.UserModules.Models.Wide", "FanIn.UserModules.Models.Wide", 12, 3)]
    [InlineData("Models.Twin", null, 5, 5)]
    public void Types_and_methods_make_modules(string text, string? name, int inputs, int outputs)
    {
        if (name is null)
        {
            // A nested type is found by its full name only, since its simple name is another's too.
            text = $"FanIn.UserModules.{text}";
        }
        UserModule module = UserModule.Load(s_path, text);

        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> made = module.Create();
        using nn.Module<Tensor, Tensor> again = module.Create();

        Assert.NotSame(made, again);
        Assert.Equal(name ?? text, module.Name);
        Assert.Equal($"FanIn.UserModules.dll:{module.Name}", module.ToString());
        Assert.Equal([4, outputs], made.call(zeros(4, inputs)).shape);
        Assert.Matches("^[0-9a-f]{16}$", module.Fingerprint);
        Assert.Equal(s_path, module.AssemblyPath);
    }

    [Fact]
    public void The_process_itself_does_not_get_the_assembly()
    {
        using nn.Module<Tensor, Tensor> made = UserModule.Load(s_path, "Plain").Create();

        Assert.NotSame(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(made.GetType().Assembly));
        Assert.Same(typeof(torch).Assembly, made.GetType().BaseType!.Assembly);
    }

    [Theory]
    [InlineData(null, "has 9 modules; say which: " + All + ".")]
    [InlineData("Plian", "has no module 'Plian'; did you mean 'Plain'?")]
    [InlineData("Xyz", "has no module 'Xyz'; it has: " + All + ".")]
    [InlineData(
        "Twin",
        "has 2 types 'Twin'; write one in full: FanIn.UserModules.Models.Twin, FanIn.UserModules.Others.Twin."
    )]
    public void Wrong_names_are_said(string? text, string sentence) =>
        Assert.Equal($"'{s_path}' {sentence}", Refusal(s_path, text));

    [Theory]
    [InlineData(
        "Wanting",
        "FanIn.UserModules.Wanting",
        "has no public constructor without parameters, or with optional ones alone; add one, or a static method that makes it, and give that as Wanting.Method."
    )]
    [InlineData(
        "Pair",
        "FanIn.UserModules.Pair",
        "is a module with other inputs or outputs than one tensor each; wrap it in an nn.Module<Tensor, Tensor>."
    )]
    [InlineData(
        "Unfinished",
        "FanIn.UserModules.Unfinished",
        "is abstract, so none can be made of it; derive a class from it, or give a static method as Unfinished.Method."
    )]
    [InlineData(
        "Models",
        "FanIn.UserModules.Models",
        "is static, so none can be made of it; derive a class from it, or give a static method as Models.Method."
    )]
    [InlineData(
        "Plain.Digit",
        "FanIn.UserModules.Plain",
        "has no public static method 'Digit' that makes an nn.Module<Tensor, Tensor> without arguments; did you mean 'Digits'?"
    )]
    public void Types_that_make_no_module_are_said(string text, string type, string sentence) =>
        Assert.Equal($"{type} of '{s_path}' {sentence}", Refusal(s_path, text));

    [Fact]
    public void A_failing_constructor_is_told_by_its_own_message()
    {
        UserModule module = UserModule.Load(s_path, "Throwing");

        Assert.Equal(
            $"FanIn.UserModules.Throwing of '{s_path}' fails with InvalidOperationException when it is made: The weights aren't there.",
            Assert.Throws<UserModuleException>(() => module.Create()).Message
        );
        Assert.Equal(
            $"FanIn.UserModules.Plain.Nothing of '{s_path}' makes null, not an nn.Module<Tensor, Tensor>.",
            Assert.Throws<UserModuleException>(() => UserModule.Load(s_path, "Plain.Nothing").Create()).Message
        );
    }

    [Fact]
    public void Files_that_are_no_assemblies_are_said()
    {
        string text = _folder.Write("text.dll", "not an assembly");
        string cut = _folder.Write("cut.dll", File.ReadAllBytes(s_path)[..1000]);
        string other = typeof(CsCheck.Check).Assembly.Location;

        Assert.Equal("There is no file 'nowhere/Net.dll'.", Refusal("nowhere/Net.dll", "Net"));
        Assert.StartsWith($"'{_folder.Path}' can't be read: ", Refusal(_folder.Path, "Net"), StringComparison.Ordinal);
        foreach (string path in (string[])[text, cut])
        {
            Assert.Equal(
                $"'{path}' isn't a .NET assembly for this platform; give the .dll that 'dotnet build' makes of the module's project.",
                Refusal(path, "Net")
            );
        }
        Assert.Equal($"'{other}' doesn't use TorchSharp, so it holds no module.", Refusal(other, "Net"));
    }

    /// <summary>The same assembly, its reference changed in the metadata.</summary>
    [Theory]
    [InlineData(105)]
    [InlineData(999)]
    public void Another_version_of_TorchSharp_is_said(ushort minor)
    {
        byte[] bytes = File.ReadAllBytes(s_path);
        using (var file = new PEReader(new MemoryStream(bytes)))
        {
            MetadataReader reader = file.GetMetadataReader();
            AssemblyReferenceHandle reference = reader.AssemblyReferences.First(r =>
                reader.GetString(reader.GetAssemblyReference(r).Name) == "TorchSharp"
            );
            int row =
                file.PEHeaders.MetadataStartOffset
                + reader.GetTableMetadataOffset(TableIndex.AssemblyRef)
                + ((MetadataTokens.GetRowNumber(reference) - 1) * reader.GetTableRowSize(TableIndex.AssemblyRef));
            // The version's four numbers stand first.
            BitConverter.TryWriteBytes(bytes.AsSpan(row + sizeof(ushort)), minor);
        }
        string path = _folder.Write("old.dll", bytes);

        Assert.Equal(
            $"'{path}' is built against TorchSharp 0.{minor}.0, and this is 0.107.0, whose types may differ; build it with a PackageReference to TorchSharp 0.107.0.",
            Refusal(path, "Plain")
        );
        Assert.NotEqual(UserModule.Load(s_path, "Plain").Fingerprint, FingerprintOf(bytes));
    }

    [Fact]
    public void Data_that_do_not_fit_are_refused()
    {
        DataSet vectors = SmallData.Of("vectors");
        UserModule wide = UserModule.Load(s_path, "Models.Wide");
        UserModule plain = UserModule.Load(s_path, "Plain");

        wide.CheckFits(vectors);

        Assert.StartsWith(
            $"FanIn.UserModules.Plain of '{s_path}' fails with ExternalException on a batch of shape [2, 12]: mat1 and mat2 shapes cannot be multiplied",
            Assert.Throws<UserModuleException>(() => plain.CheckFits(vectors)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            $"FanIn.UserModules.Models.Twin of '{s_path}' makes an output of shape [2, 12] of the data of 'vectors', where [2, 3] is needed: one number for each of the 3 classes.",
            Assert
                .Throws<UserModuleException>(() =>
                    UserModule.Load(s_path, "FanIn.UserModules.Models.Twin").CheckFits(vectors)
                )
                .Message
        );
        DataSet eight = new(
            "eight",
            InputKind.Vector,
            [8],
            ["a", "b", "c"],
            new Examples(new float[24], (int[])[0, 1, 2]),
            new Examples(new float[8], (int[])[0])
        );
        Assert.Equal(
            $"FanIn.UserModules.Unseen of '{s_path}' can't be watched: No Linear or Conv layer of the network was seen to run; call layers by call(), not forward(), so that they can be watched.",
            Assert.Throws<UserModuleException>(() => UserModule.Load(s_path, "Unseen").CheckFits(eight)).Message
        );
    }

    [Fact]
    public void A_module_with_an_embedding_first_reads_tokens()
    {
        Assert.True(UserModule.Load(s_path, "Reader").ReadsTokens());
        Assert.False(UserModule.Load(s_path, "Plain").ReadsTokens());
    }

    private static string FingerprintOf(byte[] bytes) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes).AsSpan(0, 8));

    private static string Refusal(string path, string? text) =>
        Assert.Throws<UserModuleException>(() => UserModule.Load(path, text)).Message;
}
