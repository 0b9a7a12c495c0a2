declare const __APP_VERSION__: string;
declare const __SHIPPED_VERSIONS__: Readonly<Record<string, string>>;
