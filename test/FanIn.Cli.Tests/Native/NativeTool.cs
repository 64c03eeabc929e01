using System.Diagnostics;
using FanIn.Tests.Shared;

namespace FanIn.Cli.Tests;

/// <summary>
/// The tool as one native file, published once for all tests that ask for it, and a disk with that file, the system
/// libraries that it names, and nothing else: no .NET, no libtorch.
/// </summary>
public sealed class NativeTool : IDisposable
{
    private readonly Lazy<string> _path;
    private readonly Lazy<string> _disk;

    public NativeTool()
    {
        _path = new(Publish);
        _disk = new(MakeDisk);
    }

    /// <summary>What a published file depends on: the loader, and libraries of libc that every Linux has.</summary>
    public static readonly string[] SystemLibraries =
    [
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
        "libc.so.6",
        "libdl.so.2",
        "libm.so.6",
        "libpthread.so.0",
        "librt.so.1",
    ];

    /// <summary>The file.</summary>
    public string Path => _path.Value;

    /// <summary>The folder that a process in it takes for the whole disk; <see cref="Work"/> is in it.</summary>
    public string Disk => _disk.Value;

    /// <summary>The folder on the disk that files are read from and written to.</summary>
    public string Work => System.IO.Path.Combine(Disk, "work");

    /// <summary>The libraries that the file needs, as the system's loader finds them.</summary>
    public string[] Libraries()
    {
        (int code, string output, string error) = Run("ldd", [Path], System.IO.Path.GetTempPath());
        Assert.True(code == 0, error);
        return
        [
            .. output
                .Split('\n')
                .Select(line => line.Split("=>")[^1].Trim().Split(' ')[0])
                .Where(path => path.StartsWith('/')),
        ];
    }

    /// <summary>Runs the tool where it sees its own disk only and has no environment.</summary>
    internal Answer OnItsDisk(params string[] args)
    {
        (int code, string output, string error) = Run(
            "unshare",
            ["-r", $"--root={Disk}", "--wd=/work", "/fanin", .. args],
            Disk,
            isBare: true
        );
        return new(code, output, error);
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output, string Error) Run(
        string program,
        string[] args,
        string folder,
        bool isBare = false
    )
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (isBare)
        {
            start.Environment.Clear();
        }
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} didn't start.");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        if (_disk.IsValueCreated)
        {
            Directory.Delete(_disk.Value, recursive: true);
        }
    }

    private static string Publish()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the native tool is published on Linux here");
        Assert.SkipUnless(
            Has("clang") || Has("gcc"),
            "there is no C linker (gcc or clang) to publish the native tool with"
        );
        string root = Readme.RepositoryRoot();
        (int code, string output, string error) = Run(
            "bash",
            [System.IO.Path.Combine(root, "eng/publish-native.sh")],
            root
        );
        Assert.True(code == 0, $"{output}\n{error}");
        return System.IO.Path.Combine(root, "artifacts/native/fanin");
    }

    private string MakeDisk()
    {
        string tool = Path;
        Assert.SkipUnless(
            Has("unshare") && Run("unshare", ["-r", "true"], "/").Code == 0,
            "this system gives no process a disk of its own (unshare -r)"
        );
        string disk = Directory.CreateTempSubdirectory("fanin-disk-").FullName;
        Directory.CreateDirectory(System.IO.Path.Combine(disk, "work"));
        File.Copy(tool, System.IO.Path.Combine(disk, "fanin"));
        // What stands for the device: a process without privileges makes none.
        Directory.CreateDirectory(System.IO.Path.Combine(disk, "dev"));
        File.WriteAllBytes(
            System.IO.Path.Combine(disk, "dev/urandom"),
            System.Security.Cryptography.RandomNumberGenerator.GetBytes(1 << 16)
        );
        foreach (string library in Libraries())
        {
            string there = disk + library;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(there)!);
            File.Copy(library, there);
        }
        return disk;
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .Any(folder => File.Exists(System.IO.Path.Combine(folder, program)));
}
