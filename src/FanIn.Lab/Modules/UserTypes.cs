using System.Reflection;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>Finds the modules of an assembly by name.</summary>
internal static class UserTypes
{
    private const int MostListed = 12;

    /// <summary>The module's name and what makes a new one.</summary>
    /// <exception cref="UserModuleException">There is none of that name, or several.</exception>
    public static (string Name, Func<object?> Create) Find(Assembly assembly, string path, string? text)
    {
        Type[] types = TypesOf(assembly);
        Type[] modules = [.. types.Where(IsModule)];
        if (text is null)
        {
            return modules.Length == 1
                ? Constructor(modules[0], path)
                : throw new UserModuleException(
                    modules.Length == 0
                        ? $"'{path}' has no class derived from nn.Module<Tensor, Tensor>."
                        : $"'{path}' has {modules.Length} modules; say which: {List(modules.Select(NameOf))}."
                );
        }
        if (Named(types, text, path) is { } type)
        {
            return IsModule(type) ? Constructor(type, path) : throw NotAModule(type, path);
        }
        int dot = text.LastIndexOf('.');
        if (dot > 0 && Named(types, text[..dot], path) is { } owner)
        {
            return Factory(owner, text[(dot + 1)..], path);
        }
        string[] names = [.. modules.SelectMany(m => (string[])[m.Name, NameOf(m)]).Distinct(StringComparer.Ordinal)];
        throw new UserModuleException(
            $"'{path}' has no module {Quoted.Cut(text)}"
                + (
                    Spelling.Nearest(text, names) is { } nearest ? $"; did you mean '{nearest}'?"
                    : modules.Length == 0 ? "; it has no class derived from nn.Module<Tensor, Tensor>."
                    : $"; it has: {List(modules.Select(NameOf))}."
                )
        );
    }

    private static (string, Func<object?>) Constructor(Type type, string path)
    {
        ConstructorInfo[] constructors =
        [
            .. type.GetConstructors().Where(c => AllOptional(c.GetParameters())).OrderBy(c => c.GetParameters().Length),
        ];
        if (constructors is not [var constructor, ..])
        {
            throw new UserModuleException(
                $"{NameOf(type)} of '{path}' has no public constructor without parameters, or with optional ones alone; "
                    + $"add one, or a static method that makes it, and give that as {type.Name}.Method."
            );
        }
        object?[] arguments = Defaults(constructor.GetParameters());
        return (NameOf(type), () => constructor.Invoke(arguments));
    }

    private static (string, Func<object?>) Factory(Type owner, string name, string path)
    {
        MethodInfo[] methods =
        [
            .. owner
                .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)
                .Where(m =>
                    !m.ContainsGenericParameters
                    && typeof(nn.Module<Tensor, Tensor>).IsAssignableFrom(m.ReturnType)
                    && AllOptional(m.GetParameters())
                ),
        ];
        if (Array.FindAll(methods, m => m.Name == name).MinBy(m => m.GetParameters().Length) is not { } method)
        {
            string[] names = [.. methods.Select(m => m.Name).Distinct(StringComparer.Ordinal)];
            throw new UserModuleException(
                $"{NameOf(owner)} of '{path}' has no public static method {Quoted.Cut(name)} that makes an nn.Module<Tensor, Tensor> without arguments"
                    + (
                        Spelling.Nearest(name, names) is { } nearest ? $"; did you mean '{nearest}'?"
                        : names.Length == 0 ? "."
                        : $"; it has: {List(names)}."
                    )
            );
        }
        object?[] arguments = Defaults(method.GetParameters());
        return ($"{NameOf(owner)}.{name}", () => method.Invoke(null, arguments));
    }

    private static Type? Named(Type[] types, string text, string path)
    {
        Type[] full = Array.FindAll(types, t => NameOf(t) == text || t.FullName == text);
        Type[] found = full.Length > 0 ? full : Array.FindAll(types, t => t.Name == text);
        // A helper class may well be called as a module elsewhere is.
        Type[] modules = found.Length > 1 ? Array.FindAll(found, IsModule) : found;
        found = modules.Length > 0 ? modules : found;
        return found.Length < 2
            ? found.FirstOrDefault()
            : throw new UserModuleException(
                $"'{path}' has {found.Length} types '{text}'; write one in full: {List(found.Select(NameOf))}."
            );
    }

    private static UserModuleException NotAModule(Type type, string path) =>
        new(
            type is { IsAbstract: true } || type.ContainsGenericParameters
                ? $"{NameOf(type)} of '{path}' is {(type.ContainsGenericParameters ? "generic" : type.IsSealed ? "static" : "abstract")}, so none can be made of it; derive a class from it, or give a static method as {type.Name}.Method."
            : typeof(nn.Module).IsAssignableFrom(type)
                ? $"{NameOf(type)} of '{path}' is a module with other inputs or outputs than one tensor each; wrap it in an nn.Module<Tensor, Tensor>."
            : $"{NameOf(type)} of '{path}' isn't derived from nn.Module<Tensor, Tensor>."
        );

    private static bool IsModule(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && typeof(nn.Module<Tensor, Tensor>).IsAssignableFrom(type);

    /// <summary>Those that load; a type whose base lies in a missing assembly can't be the one that is meant.</summary>
    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e) when (e.Types.Any(type => type is not null))
        {
            return [.. e.Types.OfType<Type>()];
        }
        catch (ReflectionTypeLoadException e)
        {
            throw new FileNotFoundException(e.LoaderExceptions.FirstOrDefault()?.Message ?? e.Message, e);
        }
    }

    /// <summary>Nested types with a point, as in C#.</summary>
    private static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    private static bool AllOptional(ParameterInfo[] parameters) => Array.TrueForAll(parameters, p => p.HasDefaultValue);

    private static object?[] Defaults(ParameterInfo[] parameters) =>
        [
            .. parameters.Select(p =>
                p.DefaultValue is null && p.ParameterType.IsValueType
                    ? Activator.CreateInstance(p.ParameterType)
                    : p.DefaultValue
            ),
        ];

    private static string List(IEnumerable<string> names)
    {
        string[] sorted = [.. names.Order(StringComparer.Ordinal)];
        return string.Join(", ", sorted.Take(MostListed))
            + (sorted.Length > MostListed ? $" and {sorted.Length - MostListed} more" : "");
    }
}
