using System.Reflection;
using System.Text;

namespace FanIn.Tests.Docs;

/// <summary><c>docs/initializers.md</c>: the catalogue's forms, each with the doc comment of the method that makes it.</summary>
internal static class InitializerPage
{
    public static string Write()
    {
        var comments = new DocComments();
        (Form<Initializer> Form, DocComment Comment)[] entries =
        [
            .. InitializerCatalogue.ByName.Values.Select(form => (form, CommentOf(form, comments))),
        ];
        var page = new StringBuilder(
            """
            # Initializers

            Every initializer by its text form, which is the same in C# (`Initializer.Parse`), on the command line, in recipes
            and in reports. Arguments may be named or in order and be left out where they have a default; numbers may be
            expressions such as `sqrt(2)` or `5/3`, in a recipe also of `depth`, `layer`, `fan_in`, `fan_out` and `width`.
            z is a standard normal, U a uniform; fan-in and fan-out are the connections into and out of one unit.

            This page is made from the catalogue and its doc comments by `eng/update-docs.sh`.

            | initializer | |
            |---|---|

            """
        );
        foreach ((Form<Initializer> form, DocComment comment) in entries)
        {
            page.Append($"| [`{form.Name}`](#{form.Name}) | {FirstSentence(comment.Summary)} |\n");
        }
        foreach ((Form<Initializer> form, DocComment comment) in entries)
        {
            page.Append($"\n## {form.Name}\n\n`{Spelling(form)}` · C#: `{Signature(form)}`\n\n{comment.Summary}\n");
            if (comment.Parameters.Count > 0)
            {
                page.Append('\n');
                foreach ((string name, string text) in comment.Parameters)
                {
                    page.Append($"- *{name}*: {text}\n");
                }
            }
            if (comment.Remarks.Length > 0)
            {
                page.Append($"\n{comment.Remarks}\n");
            }
        }
        return page.ToString();
    }

    /// <summary>Name and parameters with their defaults, as they are spelled.</summary>
    private static string Spelling(Form<Initializer> form) =>
        form.Parameters.IsEmpty
            ? form.Name
            : $"{form.Name}({string.Join(",", form.Parameters.Select(p => p.Required ? p.Name : $"{p.Name}={p.Print(p.Default)}"))})";

    private static string Signature(Form<Initializer> form)
    {
        MemberInfo member = MemberOf(form);
        return member is MethodInfo method
            ? $"Initializer.{method.Name}({string.Join(", ", method.GetParameters().Select(p => p.Name))})"
            : $"Initializer.{member.Name}";
    }

    private static DocComment CommentOf(Form<Initializer> form, DocComments comments) =>
        MemberOf(form) is MethodInfo method
            ? comments.OfMethod("FanIn.Initializer", method.Name)
            : comments.OfProperty("FanIn.Initializer", MemberOf(form).Name)!;

    /// <summary>The public member that makes a form has its name: <c>HeNormal</c> makes <c>he_normal</c>.</summary>
    private static MemberInfo MemberOf(Form<Initializer> form)
    {
        string name = form.Name.Replace("_", "", StringComparison.Ordinal);
        return typeof(Initializer)
                .GetMembers(BindingFlags.Public | BindingFlags.Static)
                .SingleOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException($"Initializer has no public member that makes '{form.Name}'.");
    }

    private static string FirstSentence(string text)
    {
        string paragraph = text.Split("\n\n")[0].ReplaceLineEndings(" ");
        for (int i = 0; i + 1 < paragraph.Length; i++)
        {
            if (
                paragraph[i] is '.' or ':'
                && paragraph[i + 1] == ' '
                && (i + 2 >= paragraph.Length || char.IsUpper(paragraph[i + 2]) || paragraph[i] == ':')
            )
            {
                return paragraph[..i].Replace("|", "\\|", StringComparison.Ordinal);
            }
        }
        return paragraph.TrimEnd('.').Replace("|", "\\|", StringComparison.Ordinal);
    }
}
